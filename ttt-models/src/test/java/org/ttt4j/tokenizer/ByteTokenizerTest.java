package org.ttt4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.tensor.TttException;

class ByteTokenizerTest {

    private final Tokenizer tokenizer = Tokenizers.byName("byte");

    @Test
    void idsAreBytes() {
        assertArrayEquals(new int[] {'T', 'T', 'T', '\n'}, tokenizer.encode("TTT\n"));
        assertArrayEquals(new int[] {0xC3, 0xBC}, tokenizer.encode("ü"));
        assertArrayEquals(new int[0], tokenizer.encode(""));
        assertEquals(257, tokenizer.vocabularySize());
        assertEquals(256, tokenizer.endOfText());
        assertEquals("byte", tokenizer.name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "üñí", "漢字", "𝄞 clef", "e\u0301", "\u0000\uFFFF\uFFFD", "👩‍👩‍👧"})
    void decodingGivesTheTextBack(String text) {
        assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }

    @Test
    void charactersAppearWhenTheyAreComplete() {
        StreamingDecoder decoder = StreamingDecoder.ofText(tokenizer);
        List<String> pieces = new ArrayList<>();
        for (int id : tokenizer.encode("aü漢𝄞")) {
            pieces.add(decoder.feed(id));
        }
        assertEquals(List.of("a", "", "ü", "", "", "漢", "", "", "", "𝄞"), pieces);
        assertEquals("", decoder.finish());
    }

    @Test
    void unfinishedCharactersAreReplacedAtTheEnd() {
        StreamingDecoder decoder = StreamingDecoder.ofText(tokenizer);
        assertEquals("", decoder.feed(0xF0) + decoder.feed(0x9D));
        assertEquals("\uFFFD", decoder.finish());
        assertEquals("a", decoder.feed('a'));
        assertEquals("", decoder.feed(0xC3));
        assertEquals("\uFFFD", decoder.feed(tokenizer.endOfText()));
        assertEquals("\uFFFD", decoder.feed(0xBC), "the separator has torn the character apart");
    }

    @Test
    void endOfTextHasNoText() {
        assertEquals("ab", tokenizer.decode('a', 256, 'b', 256));
    }

    @Test
    void streamedTextIsTheWholeTextForAnyBytes() {
        Random random = new Random(3);
        byte[] pool = {
            'a',
            (byte) 0x80,
            (byte) 0xBF,
            (byte) 0xC3,
            (byte) 0xE0,
            (byte) 0xE2,
            (byte) 0xED,
            (byte) 0xA0,
            (byte) 0x82,
            (byte) 0xAC,
            (byte) 0xF0,
            (byte) 0x9D,
            (byte) 0xF4,
            (byte) 0x90,
            (byte) 0xF8,
            (byte) 0xFF
        };
        for (int trial = 0; trial < 3000; trial++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = pool[random.nextInt(pool.length)];
            }
            assertEquals(new String(bytes, StandardCharsets.UTF_8), tokenizer.decode(tokenizer.encode(bytes)));
        }
    }

    @Test
    void wrongInputIsNamed() {
        for (int id : new int[] {-1, 257, Integer.MAX_VALUE}) {
            TttException e = assertThrows(TttException.class, () -> tokenizer.decode(id));
            assertTrue(e.getMessage().contains(Integer.toString(id)), e.getMessage());
        }
        assertThrows(TttException.class, () -> tokenizer.encode("\uD834"));
        TttException e = assertThrows(TttException.class, () -> Tokenizers.byName("bpe"));
        assertTrue(e.getMessage().contains("bpe") && e.getMessage().contains("byte"), e.getMessage());
    }
}
