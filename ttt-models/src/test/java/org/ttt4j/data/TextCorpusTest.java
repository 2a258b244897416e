package org.ttt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.ByteTokenizer;

class TextCorpusTest {

    private static final ByteTokenizer BYTES = new ByteTokenizer();

    @TempDir
    Path dir;

    @Test
    void aFilesTokensAreItsBytes() throws IOException {
        byte[] bytes = {'a', 'b', 'c', (byte) 0xFF, 0, (byte) 0x80};
        Path file = Files.write(dir.resolve("a.bin"), bytes);
        TextCorpus corpus = TextCorpus.read(BYTES, List.of(file));
        assertArrayEquals(
                new int[] {'a', 'b', 'c', 0xFF, 0, 0x80}, corpus.tokens().copy(0, 6));
        assertEquals(6, corpus.tokens().length());
        assertEquals(1, corpus.documents());
        String sha256 = TextCorpus.of(BYTES, "abc").sha256();
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sha256);
    }

    @Test
    void directoriesAreReadInOrderAndDocumentsSeparated() throws IOException {
        write("b.txt", "B");
        write("a/z.txt", "Z");
        write("a/empty.txt", "");
        write("a/.hidden", "no");
        write(".git/x", "no");
        write("a.txt", "A");
        Path last = write("c", "last");
        TextCorpus corpus = TextCorpus.read(BYTES, List.of(last, dir));
        assertEquals(5, corpus.documents());
        int s = BYTES.endOfText();
        int[] expected = {'l', 'a', 's', 't', s, 'A', s, 'Z', s, 'B', s, 'l', 'a', 's', 't'};
        assertArrayEquals(expected, corpus.tokens().copy(0, corpus.tokens().length()));
        assertEquals(TextCorpus.of(BYTES, "lastAZBlast").sha256(), corpus.sha256());
    }

    @Test
    void missingAndEmptyPathsAreNamed() throws IOException {
        Path good = write("good.txt", "x");
        Path empty = write("empty.txt", "");
        Path bare = Files.createDirectory(dir.resolve("bare"));
        for (Path bad : List.of(empty, bare, dir.resolve("missing.txt"))) {
            TttException e = assertThrows(TttException.class, () -> TextCorpus.read(BYTES, List.of(good, bad)));
            assertTrue(e.getMessage().contains(bad.toString()), e.getMessage());
        }
        assertThrows(TttException.class, () -> TextCorpus.read(BYTES, List.of()));
        assertThrows(TttException.class, () -> TextCorpus.of(BYTES, ""));
    }

    @Test
    void theLastPartIsForValidation() {
        TextCorpus corpus = TextCorpus.of(BYTES, "0123456789");
        TextCorpus.Split split = corpus.split(0.1);
        assertEquals("012345678", text(split.train()));
        assertEquals("9", text(split.validation()));
        assertEquals("", text(corpus.split(0).validation()));
        assertEquals("01234", text(corpus.split(0.5).train()));
        for (double bad : new double[] {-0.1, 1, Double.NaN}) {
            assertThrows(TttException.class, () -> corpus.split(bad));
        }
    }

    private static String text(Tokens tokens) {
        return BYTES.decode(tokens.copy(0, tokens.length()));
    }

    private Path write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
