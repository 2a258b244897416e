package org.ttt4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ttt4j.tensor.TttException;

class BpeTrainerTest {

    private static final String TEXT =
            "low low low low low lower lower newest newest newest newest newest newest widest "
                    + "widest widest, 今天天气很好 今天 😀😀😀 12 12 12\r\n\0";

    @Test
    void theMostFrequentPairComesFirst() {
        JsonTokenizer t =
                new BpeTrainer(TokenizerStyle.BYTE_LEVEL, 257 + 5).add(TEXT).train();
        assertEquals(262, t.vocabularySize());
        // es and st occur nine times, lo and ow seven times: of equal ones, the lower bytes come first.
        assertEquals(List.of("es", "est", "lo", "low", "Ġn"), pieces(t, 256, 261));
        assertEquals(261, t.endOfText());
        assertEquals(List.of("Ġ", "low", "est"), tokens(t, " lowest"));
    }

    private static List<String> pieces(JsonTokenizer t, int from, int to) {
        List<String> tokens = new ArrayList<>();
        for (int id = from; id < to; id++) {
            tokens.add(t.token(id));
        }
        return tokens;
    }

    private static List<String> tokens(JsonTokenizer t, String text) {
        List<String> tokens = new ArrayList<>();
        for (int id : t.encode(text)) {
            tokens.add(t.token(id));
        }
        return tokens;
    }

    @ParameterizedTest
    @EnumSource(TokenizerStyle.class)
    void everyTextComesBack(TokenizerStyle style) {
        JsonTokenizer t = new BpeTrainer(style, 320).add(TEXT).train();
        Random random = new Random(2);
        for (int trial = 0; trial < 500; trial++) {
            String text = Samples.text(random).replace('\u2581', '_');
            assertEquals(text, t.decode(t.encode(text)));
        }
        assertEquals(TEXT, t.decode(t.encode(TEXT)));
    }

    @ParameterizedTest
    @EnumSource(TokenizerStyle.class)
    void theOrderOfTextsDoesNotMatter(TokenizerStyle style) {
        List<String> texts = new ArrayList<>();
        Random random = new Random(8);
        for (int i = 0; i < 200; i++) {
            texts.add(Samples.text(random) + TEXT.substring(random.nextInt(60)));
        }
        byte[] first = train(style, texts);
        Collections.shuffle(texts, random);
        assertArrayEquals(first, train(style, texts));
    }

    private static byte[] train(TokenizerStyle style, List<String> texts) {
        BpeTrainer trainer = new BpeTrainer(style, 700);
        texts.forEach(trainer::add);
        return trainer.train().file().orElseThrow();
    }

    /** The heap against counting everything anew for every merge. */
    @Test
    void mergesAreThoseOfTheSimplestMethod() {
        Random random = new Random(4);
        for (int trial = 0; trial < 20; trial++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 400; i++) {
                text.append((char) ("abcd ".charAt(random.nextInt(5))));
            }
            JsonTokenizer t = new BpeTrainer(TokenizerStyle.BYTE_LEVEL, 257 + 40)
                    .add(text.toString())
                    .train();
            assertEquals(simple(text.toString(), 40), pieces(t, 256, t.vocabularySize() - 1));
        }
    }

    private static List<String> simple(String text, int tokens) {
        List<List<Integer>> words = new ArrayList<>();
        for (int i = 0; i < text.length(); ) {
            int end = Gpt2Words.end(text, i, text.length());
            words.add(new ArrayList<>(text.substring(i, end).chars().boxed().toList()));
            i = end;
        }
        List<String> names = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            names.add(Character.toString(ByteAlphabet.of(b)));
        }
        while (names.size() < 256 + tokens) {
            long pair = mostFrequent(words);
            if (pair < 0) {
                break;
            }
            int left = (int) (pair >>> 32);
            int right = (int) pair;
            String name = names.get(left) + names.get(right);
            if (!names.contains(name)) {
                names.add(name);
            }
            for (List<Integer> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i) == left && word.get(i + 1) == right) {
                        word.set(i, names.indexOf(name));
                        word.remove(i + 1);
                    }
                }
            }
        }
        return names.subList(256, names.size());
    }

    private static long mostFrequent(List<List<Integer>> words) {
        Map<Long, Integer> counts = new HashMap<>();
        for (List<Integer> word : words) {
            for (int i = 0; i + 1 < word.size(); i++) {
                counts.merge((long) word.get(i) << 32 | word.get(i + 1), 1, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .filter(e -> e.getValue() > 1)
                .min(Map.Entry.<Long, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse(-1L);
    }

    @Test
    void sentencePiecesBeginWithTheirSpace() {
        JsonTokenizer t =
                new BpeTrainer(TokenizerStyle.SENTENCEPIECE, 400).add(TEXT).train();
        assertEquals(List.of("<unk>", "<s>", "</s>", "<0x00>"), pieces(t, 0, 4));
        assertTrue(t.vocabularySize() < 400, "no more pairs occur twice");
        assertEquals(
                List.of("\u2581low", "<0x0A>", "\u2581", "1", "2", "\u2581low", "est"), tokens(t, "low\n 12 lowest"));
        for (int id = 0; id < t.vocabularySize(); id++) {
            assertTrue(t.token(id).lastIndexOf('\u2581') <= 0, t.token(id));
        }
    }

    @Test
    void aSmallVocabularyIsRefused() {
        assertThrows(TttException.class, () -> new BpeTrainer(TokenizerStyle.BYTE_LEVEL, 256));
        assertThrows(TttException.class, () -> new BpeTrainer(TokenizerStyle.SENTENCEPIECE, 258));
        assertEquals(257, new BpeTrainer(TokenizerStyle.BYTE_LEVEL, 257).train().vocabularySize());
        assertEquals(
                259,
                new BpeTrainer(TokenizerStyle.SENTENCEPIECE, 259)
                        .add("a")
                        .train()
                        .vocabularySize());
    }
}
