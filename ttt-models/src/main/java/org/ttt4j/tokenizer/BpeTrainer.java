package org.ttt4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ttt4j.tensor.TttException;

/**
 * Learns a byte-pair encoding from texts (Sennrich, Haddow and Birch 2016): from single characters or bytes on, the pair
 * of neighbours that is most frequent becomes a token, again and again. Equal texts give equal tokenizers, in any order.
 */
public final class BpeTrainer {

    /** Characters that make up this share of a text are tokens of their own; the rest falls back to bytes. */
    private static final double COVERAGE = 0.9995;

    private static final int BYTES = 256;

    private final TokenizerStyle style;
    private final int vocabularySize;
    private final TrainingWords words;

    /** The vocabulary in the order of its ids, and the merges in the order of their ranks. */
    private final Map<String, Integer> vocabulary = new LinkedHashMap<>();

    private final List<String> names = new ArrayList<>();
    private final List<String> merges = new ArrayList<>();

    /**
     * A trainer without text.
     *
     * @param vocabularySize number of ids to make, special ones included; fewer if the text has no more pairs that occur
     *     twice
     * @throws TttException if the size leaves no room for the bytes and special ids
     */
    public BpeTrainer(TokenizerStyle style, int vocabularySize) {
        int least = BYTES + (style == TokenizerStyle.BYTE_LEVEL ? 1 : TokenizerFile.SPECIALS.size());
        if (vocabularySize < least) {
            throw TttException.mismatch("vocabulary size", "at least " + least, vocabularySize);
        }
        this.style = style;
        this.vocabularySize = vocabularySize;
        words = new TrainingWords(style);
    }

    /** Adds a document. */
    public BpeTrainer add(String text) {
        words.add(text);
        return this;
    }

    /**
     * Adds a document.
     *
     * @throws TttException if it is no UTF-8
     */
    public BpeTrainer add(byte[] utf8) {
        return add(Utf8.decode(utf8));
    }

    /** Learns from the texts so far. The result's {@link JsonTokenizer#file} is a {@code tokenizer.json}. */
    public JsonTokenizer train() {
        vocabulary.clear();
        names.clear();
        merges.clear();
        PairCounts pairs = style == TokenizerStyle.BYTE_LEVEL ? byteLevel() : sentencePiece();
        int end = vocabularySize - (style == TokenizerStyle.BYTE_LEVEL ? 1 : 0);
        pairs.start();
        while (vocabulary.size() < end) {
            PairCounts.Candidate best = pairs.next();
            if (best == null) {
                break;
            }
            String left = names.get(best.left());
            String right = names.get(best.right());
            merges.add(left + " " + right);
            pairs.merge(best, add(left, right));
        }
        byte[] json = TokenizerFile.write(style, vocabulary, merges);
        return JsonTokenizer.parse("trained tokenizer", json);
    }

    /** The id of two tokens' text, which other two may have made before. */
    private int add(String left, String right) {
        return id(left + right);
    }

    private int id(String token) {
        Integer known = vocabulary.putIfAbsent(token, vocabulary.size());
        if (known == null) {
            names.add(token);
            return names.size() - 1;
        }
        return known;
    }

    private PairCounts byteLevel() {
        for (int b = 0; b < BYTES; b++) {
            id(Character.toString(ByteAlphabet.of(b)));
        }
        PairCounts pairs = new PairCounts();
        sorted().forEach((word, count) -> {
            byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
            int[] symbols = new int[utf8.length];
            for (int i = 0; i < symbols.length; i++) {
                symbols[i] = utf8[i] & 0xFF;
            }
            pairs.add(symbols, count);
        });
        return pairs;
    }

    private PairCounts sentencePiece() {
        TokenizerFile.SPECIALS.forEach(this::id);
        for (int b = 0; b < BYTES; b++) {
            id(TokenBytes.name(b));
        }
        Map<String, Long> all = sorted();
        frequentCharacters(all).forEach(c -> id(Character.toString(c)));
        PairCounts pairs = new PairCounts();
        all.forEach((word, count) -> {
            IntList symbols = new IntList();
            word.codePoints().forEach(c -> {
                Integer id = vocabulary.get(Character.toString(c));
                if (id == null) {
                    // A character that falls back to bytes: merges do not reach across.
                    pairs.add(symbols.toArray(), count);
                    symbols.clear();
                } else {
                    symbols.add(id);
                }
            });
            pairs.add(symbols.toArray(), count);
        });
        return pairs;
    }

    /** In an order of their own: what is learnt must not depend on that of a hash table. */
    private Map<String, Long> sorted() {
        Map<String, Long> sorted = new TreeMap<>();
        words.forEach(sorted::put);
        return sorted;
    }

    private List<Integer> frequentCharacters(Map<String, Long> all) {
        Map<Integer, Long> counts = new HashMap<>();
        all.forEach((word, count) -> word.codePoints().forEach(c -> counts.merge(c, count, Long::sum)));
        counts.keySet().removeIf(Character::isISOControl);
        long total = counts.values().stream().mapToLong(n -> n).sum();
        List<Integer> order = new ArrayList<>(counts.keySet());
        order.sort(Comparator.<Integer>comparingLong(c -> -counts.get(c)).thenComparing(c -> c));
        List<Integer> frequent = new ArrayList<>();
        long covered = 0;
        for (int c : order) {
            if (covered >= COVERAGE * total || vocabulary.size() + frequent.size() == vocabularySize) {
                break;
            }
            frequent.add(c);
            covered += counts.get(c);
        }
        return frequent;
    }
}
