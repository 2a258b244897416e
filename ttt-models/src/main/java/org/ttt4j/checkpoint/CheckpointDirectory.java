package org.ttt4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ttt4j.tensor.TttException;

/** A directory that is written beside its place and renamed, so that its place holds a whole checkpoint or none. */
final class CheckpointDirectory {

    /** Everything that a converted checkpoint can consist of: a directory with other files is somebody's own. */
    private static final Pattern OWN = Pattern.compile("config(\\.next)?\\.json|model(-\\d+-of-\\d+)?\\.safetensors"
            + "|model\\.safetensors\\.index\\.json|" + SideFiles.PATTERN);

    private final Path target;
    private long bytes;

    CheckpointDirectory(Path target) {
        this.target = target.toAbsolutePath().normalize();
    }

    /** Fills a directory and gives the bytes of what it wrote. */
    @FunctionalInterface
    interface Content {
        long writeTo(Path directory) throws IOException;
    }

    /** Bytes that were written. */
    long bytes() {
        return bytes;
    }

    /** @throws TttException if there is something at the place that is no checkpoint */
    void requireReplaceable() {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw TttException.mismatch(target.toString(), "a directory, or nothing yet", "something else");
        }
        for (Path file : list(target)) {
            String name = file.getFileName().toString();
            if (!Files.isRegularFile(file) || !OWN.matcher(name).matches()) {
                throw TttException.mismatch(
                        target.toString(), "a new directory, or a checkpoint and nothing else", name);
            }
        }
    }

    /** Writes the new directory; the old one is there until the new one is whole, and again if it cannot be put in place. */
    void replace(Content content) throws IOException {
        Files.createDirectories(target.getParent());
        Path beside = sibling("new");
        Path old = sibling("old");
        try {
            Files.createDirectory(beside);
            bytes = content.writeTo(beside);
            requireReplaceable();
            boolean replaces = Files.exists(target);
            if (replaces) {
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
            }
            try {
                Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (replaces) {
                    Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
                }
                throw e;
            }
        } finally {
            delete(beside);
            if (Files.exists(target)) {
                delete(old);
            }
        }
    }

    private Path sibling(String word) {
        return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + "." + word + ".tmp");
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException e) {
            throw new TttException(directory + ": cannot be listed: " + e, e);
        }
    }

    /** Removes a directory of ours, which has no directories inside. */
    private static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> files = new ArrayList<>(list(directory));
            Collections.sort(files);
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(directory);
        }
    }
}
