package org.ttt4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ttt4j.tensor.TttException;

/**
 * Texts in files, each a document. Directories stand for all files below them in the order of their paths; hidden and empty
 * files are left out.
 */
public final class TextFiles {

    private static final int MAX_FILE_BYTES = Integer.MAX_VALUE - 8;

    private TextFiles() {}

    /**
     * Reads documents one after the other.
     *
     * @param document gets the bytes of each
     * @throws TttException naming the path, if it is missing or empty, or what it holds is refused
     */
    public static void forEach(List<Path> paths, Consumer<byte[]> document) {
        for (Path path : paths) {
            int documents = 0;
            for (Path file : files(path)) {
                byte[] bytes = readBytes(file);
                if (bytes.length > 0) {
                    documents++;
                    accept(file, bytes, document);
                }
            }
            if (documents == 0) {
                throw TttException.mismatch(path.toString(), "text", "nothing");
            }
        }
    }

    private static void accept(Path file, byte[] bytes, Consumer<byte[]> document) {
        try {
            document.accept(bytes);
        } catch (TttException e) {
            throw new TttException(file + ", " + e.getMessage(), e);
        }
    }

    private static List<Path> files(Path path) {
        if (!Files.exists(path)) {
            throw TttException.mismatch(path.toString(), "a text file or a directory", "nothing there");
        }
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> below = Files.walk(path)) {
            return below.filter(Files::isRegularFile)
                    .filter(file -> !isHidden(path.relativize(file)))
                    .sorted(Comparator.comparing(file -> portable(path.relativize(file))))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new TttException(path + ": cannot be read: " + e, e);
        }
    }

    private static boolean isHidden(Path relative) {
        return portable(relative).startsWith(".") || portable(relative).contains("/.");
    }

    /** Systems order and write paths differently; the corpus must not differ. */
    private static String portable(Path relative) {
        return relative.toString().replace(relative.getFileSystem().getSeparator(), "/");
    }

    private static byte[] readBytes(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw TttException.mismatch(file.toString(), "at most " + MAX_FILE_BYTES + " bytes", Files.size(file));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TttException(file + ": cannot be read: " + e, e);
        }
    }
}
