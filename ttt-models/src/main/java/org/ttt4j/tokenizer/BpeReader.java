package org.ttt4j.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ttt4j.tensor.TttException;

/** The key {@code model} of a tokenizer's file. */
final class BpeReader {

    /** Ids may leave holes; more of them than this, for each token, and the file is wrong. */
    private static final int HOLES = 4;

    private static final int SPARE = 1 << 16;

    private final Field field;
    private final Map<String, Integer> vocabulary;

    private BpeReader(Field field, Map<String, Integer> vocabulary) {
        this.field = field;
        this.vocabulary = vocabulary;
    }

    /**
     * Reads the vocabulary.
     *
     * @return ids by tokens
     */
    static Map<String, Integer> vocabulary(Field model) {
        Field vocab = model.get("vocab");
        if (!vocab.isPresent() || !vocab.value().isObject()) {
            throw vocab.wrong("an object");
        }
        int limit = idLimit(vocab.value().size());
        Map<String, Integer> ids = new HashMap<>(vocab.value().size() * 2);
        Set<Integer> taken = new HashSet<>(vocab.value().size() * 2);
        for (Map.Entry<String, JsonNode> entry : vocab.value().properties()) {
            Field token = vocab.get(entry.getKey());
            int id = token.number(limit);
            if (!taken.add(id)) {
                throw token.wrong("an id of its own");
            }
            ids.put(token.requireWhole(entry.getKey()), id);
        }
        return ids;
    }

    /** The largest id that so many tokens may have: what is kept by id must not be larger than the file deserves. */
    static int idLimit(int tokens) {
        return (int) Math.min(Integer.MAX_VALUE - 8, (long) HOLES * tokens + SPARE);
    }

    static Bpe read(Field model, Map<String, Integer> vocabulary) {
        Field type = model.get("type");
        if (!type.text("BPE").equals("BPE")) {
            throw type.unsupported();
        }
        model.known(
                "type",
                "dropout",
                "unk_token",
                "continuing_subword_prefix",
                "end_of_word_suffix",
                "fuse_unk",
                "byte_fallback",
                "ignore_merges",
                "vocab",
                "merges");
        return new BpeReader(model, vocabulary).read();
    }

    private Bpe read() {
        Field dropout = field.get("dropout");
        if (dropout.isPresent()
                && !(dropout.value().isNumber() && dropout.value().doubleValue() == 0)) {
            throw dropout.unsupported();
        }
        Bpe.Options options = new Bpe.Options(
                field.get("continuing_subword_prefix").text(""),
                field.get("end_of_word_suffix").text(""),
                unknown(),
                field.get("fuse_unk").flag(false),
                field.get("ignore_merges").flag(false));
        int[] bytes = field.get("byte_fallback").flag(false) ? bytes() : null;
        boolean cuttable = options.plain()
                && !options.ignoreMerges()
                && (bytes == null || Arrays.stream(bytes).noneMatch(id -> id < 0));
        Cuts cuts = cuttable ? new Cuts() : null;
        Set<Integer> whole = new HashSet<>(List.of(options.unknown()));
        if (bytes != null) {
            Arrays.stream(bytes).forEach(whole::add);
        }
        List<Field> list = field.get("merges").items();
        Merges merges = new Merges(list.size());
        for (Field item : list) {
            String[] pair = pair(item);
            String result = pair[0] + behindPrefix(item, pair[1], options.prefix());
            int left = id(item, pair[0]);
            int right = id(item, pair[1]);
            merges.add(left, right, id(item, result));
            if (whole.contains(left) || whole.contains(right)) {
                cuts = null; // characters that are no symbols take part in merges
            } else if (cuts != null) {
                cuts.join(result);
            }
        }
        return new Bpe(vocabulary, merges, options, bytes, cuts);
    }

    private int unknown() {
        Field token = field.get("unk_token");
        return token.isPresent() ? id(token, token.text()) : -1;
    }

    private int[] bytes() {
        int[] ids = new int[256];
        for (int b = 0; b < ids.length; b++) {
            ids[b] = vocabulary.getOrDefault(TokenBytes.name(b), -1);
        }
        return ids;
    }

    /** Two tokens: as an array, or with a space between, as older files have them. */
    private static String[] pair(Field item) {
        if (item.value().isArray()) {
            if (item.value().size() != 2) {
                throw TttException.mismatch(
                        item.place(), "two tokens", item.value().size());
            }
            return new String[] {item.items().get(0).text(), item.items().get(1).text()};
        }
        String text = item.text();
        int space = text.indexOf(' ');
        if (space < 0 || text.indexOf(' ', space + 1) >= 0) {
            throw item.wrong("two tokens with a space between");
        }
        return new String[] {text.substring(0, space), text.substring(space + 1)};
    }

    private static String behindPrefix(Field item, String token, String prefix) {
        if (!token.startsWith(prefix)) {
            throw item.wrong("a second token that begins with \"" + prefix + "\"");
        }
        return token.substring(prefix.length());
    }

    private int id(Field place, String token) {
        Integer id = vocabulary.get(token);
        if (id == null) {
            throw TttException.mismatch(place.place(), "tokens of the vocabulary", "\"" + Field.shown(token) + "\"");
        }
        return id;
    }
}
