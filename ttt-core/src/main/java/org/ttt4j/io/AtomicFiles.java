package org.ttt4j.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.stream.Stream;
import org.ttt4j.tensor.TttException;

/**
 * Writes a file beside its target, brings it to the disk and renames it. Whoever opens the target, also after a crash,
 * finds the old content or the new one, never a part.
 */
public final class AtomicFiles {

    private static final String SUFFIX = ".atomic.tmp";

    private AtomicFiles() {}

    /** Writes a file's content. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    /**
     * Creates or replaces a file. Its directory must exist. When the content fails, the target stays as it was.
     *
     * @throws TttException naming the file, if it cannot be written
     */
    public static void write(Path target, Content content) {
        Path file = target.toAbsolutePath();
        Path beside = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + SUFFIX);
        try {
            try (FileChannel out = FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(out);
                out.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceDirectory(file.getParent());
        } catch (IOException e) {
            throw new TttException(target + ": cannot be written: " + e, e);
        } finally {
            deleteQuietly(beside);
        }
    }

    /** Creates or replaces a text file in UTF-8. */
    public static void writeString(Path target, String text) {
        write(target, out -> writeFully(out, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    /**
     * Removes the unfinished files that killed writers have left in a directory. Nobody may be writing there.
     *
     * @throws TttException naming the directory, if it cannot be read
     */
    public static void sweep(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).forEach(AtomicFiles::deleteQuietly);
        } catch (IOException e) {
            throw new TttException(directory + ": cannot be read: " + e, e);
        }
    }

    /** Writes all that remains in a buffer. */
    public static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Makes the renaming itself durable, where the system lets a directory be opened (not on Windows). */
    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The file is in place and whole; only a crash in the next moments could still bring the old one back.
        }
    }

    /** The file left beside after a failure is rubbish; failing to remove it must not hide why the writing failed. */
    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Nothing else can be done about it.
        }
    }
}
