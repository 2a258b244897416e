package org.ttt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.tensor.TttException;

class TokensTest {

    @ParameterizedTest
    @ValueSource(ints = {257, 65536, 65537, Integer.MAX_VALUE})
    void holdsEveryIdOfTheVocabulary(int vocabularySize) {
        Tokens tokens = Tokens.of(vocabularySize, 0, vocabularySize - 1, 128, 256);
        assertEquals(4, tokens.length());
        assertEquals(vocabularySize - 1, tokens.get(1));
        assertArrayEquals(new int[] {0, vocabularySize - 1, 128, 256}, tokens.copy(0, 4));
        assertThrows(TttException.class, () -> Tokens.of(vocabularySize, -1));
    }

    @Test
    void idsBeyondTheVocabularyAreRefused() {
        assertThrows(TttException.class, () -> Tokens.of(257, 257));
        assertThrows(TttException.class, () -> Tokens.of(65536, 65536));
    }

    @Test
    void slicesAreViews() {
        Tokens middle = Tokens.of(10, 0, 1, 2, 3, 4, 5).slice(1, 5).slice(1, 4);
        assertEquals(3, middle.length());
        assertArrayEquals(new int[] {3, 4}, middle.copy(1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> middle.get(3));
        assertThrows(IndexOutOfBoundsException.class, () -> middle.get(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> middle.copy(2, 2));
        assertEquals(0, middle.slice(3, 3).length());
    }

    @Test
    void growsPieceByPiece() {
        Tokens.Builder builder = new Tokens.Builder(100_000);
        for (int i = 0; i < 1000; i++) {
            builder.append(i, 99_999 - i).append();
        }
        Tokens tokens = builder.build();
        assertEquals(2000, tokens.length());
        assertEquals(99_000, tokens.get(1999));
    }
}
