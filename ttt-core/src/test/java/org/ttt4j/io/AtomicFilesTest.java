package org.ttt4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.tensor.TttException;

class AtomicFilesTest {

    @TempDir
    Path dir;

    @Test
    void createsAndReplaces() throws IOException {
        Path file = dir.resolve("a.txt");
        AtomicFiles.writeString(file, "one");
        AtomicFiles.writeString(file, "zwölf");
        assertEquals("zwölf", Files.readString(file));
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void aFailureLeavesTheOldContentAndNothingElse() throws IOException {
        Path file = dir.resolve("a.txt");
        AtomicFiles.writeString(file, "old");
        TttException e = assertThrows(
                TttException.class,
                () -> AtomicFiles.write(file, out -> {
                    out.write(ByteBuffer.wrap(new byte[1000]));
                    throw new IOException("disk full");
                }));
        assertTrue(e.getMessage().contains("a.txt") && e.getMessage().contains("disk full"), e.getMessage());
        assertThrows(
                IllegalStateException.class,
                () -> AtomicFiles.write(file, out -> {
                    throw new IllegalStateException();
                }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void whatAKilledWriterLeftIsRemoved() throws IOException {
        Path file = dir.resolve("a.txt");
        AtomicFiles.writeString(file, "whole");
        AtomicFiles.write(file, out -> {
            Path unfinished;
            try (Stream<Path> files = Files.list(dir)) {
                unfinished = files.filter(f -> !f.equals(file)).findFirst().orElseThrow();
            }
            Files.copy(unfinished, dir.resolve(".b.txt" + unfinished.getFileName()));
        });
        assertEquals(2, names().size());
        AtomicFiles.sweep(dir);
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path file = dir.resolve("nowhere").resolve("a.txt");
        TttException e = assertThrows(TttException.class, () -> AtomicFiles.writeString(file, "x"));
        assertTrue(e.getMessage().contains("nowhere"), e.getMessage());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
