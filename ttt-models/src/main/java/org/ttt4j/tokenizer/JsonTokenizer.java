package org.ttt4j.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.ttt4j.tensor.TttException;

/**
 * Byte-pair encoding as a {@code tokenizer.json} describes it, the file of Hugging Face's library "tokenizers": byte-level
 * as in GPT-2 and Llama 3, or on characters with a fallback to bytes as in SentencePiece and Llama 2. A text is cut at
 * added tokens, normalized, cut into words, and each word is merged. Threads may share it.
 */
public final class JsonTokenizer implements Tokenizer {

    /** The tokens that end a text in public models. */
    static final List<String> ENDS = List.of(
            "</s>",
            "<|endoftext|>",
            "<|end_of_text|>",
            "<eos>",
            "<|im_end|>",
            "<|eot_id|>",
            "[EOS]",
            "<|endofsentence|>");

    private final byte[] json;
    private final String name;
    private final UnaryOperator<String> normalizer;
    private final PreTokenizer preTokenizer;
    private final Bpe model;
    private final Template template;
    private final AddedTokens raw;
    private final AddedTokens normalized;
    private final Map<String, Integer> ids;
    private final String[] tokens;
    private final byte[][] bytes;
    private final String prefix;
    private final int endOfText;

    private JsonTokenizer(byte[] json, Field root) {
        this.json = json;
        name = Tokenizers.fileName(json);
        root.known(
                "version",
                "truncation",
                "padding",
                "added_tokens",
                "normalizer",
                "pre_tokenizer",
                "post_processor",
                "decoder",
                "model");
        Field modelField = root.get("model");
        if (!modelField.isPresent()) {
            throw modelField.wrong("an object");
        }
        Field type = modelField.get("type");
        if (!type.text("BPE").equals("BPE")) {
            throw type.unsupported();
        }
        Map<String, Integer> vocabulary = BpeReader.vocabulary(modelField);
        model = BpeReader.read(modelField, vocabulary);
        normalizer = Normalizers.read(root.get("normalizer"));
        preTokenizer = PreTokenizers.read(root.get("pre_tokenizer"));
        List<AddedToken> added = added(root.get("added_tokens"), vocabulary);
        raw = new AddedTokens(added.stream().filter(t -> !t.normalized()).toList(), UnaryOperator.identity());
        normalized =
                new AddedTokens(added.stream().filter(AddedToken::normalized).toList(), normalizer);
        ids = new HashMap<>(vocabulary);
        added.forEach(token -> ids.put(token.content(), token.id()));
        tokens = new String[1 + ids.values().stream().mapToInt(id -> id).max().orElse(-1)];
        ids.forEach((token, id) -> tokens[id] = token);
        TokenBytes decoder = TokenBytes.read(root.get("decoder"));
        prefix = decoder.prefix();
        bytes = bytes(decoder, tokens, added);
        template = Template.read(root.get("post_processor"));
        if (template.largest() >= tokens.length) {
            throw root.get("post_processor").wrong("ids below " + tokens.length);
        }
        endOfText =
                ENDS.stream().filter(ids::containsKey).findFirst().map(ids::get).orElse(-1);
    }

    private JsonTokenizer(JsonTokenizer other, int endOfText) {
        json = other.json;
        name = other.name;
        normalizer = other.normalizer;
        preTokenizer = other.preTokenizer;
        model = other.model;
        template = other.template;
        raw = other.raw;
        normalized = other.normalized;
        ids = other.ids;
        tokens = other.tokens;
        bytes = other.bytes;
        prefix = other.prefix;
        this.endOfText = endOfText;
    }

    /**
     * Reads the content of a {@code tokenizer.json}.
     *
     * @param place what messages call it
     * @throws TttException naming the key that is wrong, or that asks for something which is not built here
     */
    public static JsonTokenizer parse(String place, byte[] json) {
        try {
            return read(place, json);
        } catch (UnsupportedTokenizer e) {
            throw e.toTttException("");
        }
    }

    /** @throws UnsupportedTokenizer if another library may know what this one does not */
    static JsonTokenizer read(String place, byte[] json) {
        return new JsonTokenizer(json.clone(), Field.parse(place, json));
    }

    private static List<AddedToken> added(Field field, Map<String, Integer> vocabulary) {
        List<AddedToken> added = new ArrayList<>();
        if (!field.isPresent()) {
            return added;
        }
        List<Field> items = field.items();
        int limit = BpeReader.idLimit(vocabulary.size() + items.size());
        Map<Integer, String> others = new HashMap<>();
        vocabulary.forEach((token, id) -> others.put(id, token));
        for (Field item : items) {
            AddedToken token = AddedToken.read(item);
            if (token.id() > limit) {
                throw item.get("id").wrong("at most " + limit);
            }
            String same = others.putIfAbsent(token.id(), token.content());
            Integer known = vocabulary.get(token.content());
            if (same != null && !same.equals(token.content()) || known != null && known != token.id()) {
                throw item.get("id").wrong("an id that is no other token's");
            }
            added.add(token);
        }
        return added;
    }

    private static byte[][] bytes(TokenBytes decoder, String[] tokens, List<AddedToken> added) {
        byte[][] bytes = new byte[tokens.length][];
        for (int id = 0; id < tokens.length; id++) {
            bytes[id] = tokens[id] == null ? new byte[0] : decoder.of(tokens[id]);
        }
        added.stream().filter(AddedToken::special).forEach(token -> bytes[token.id()] = new byte[0]);
        return bytes;
    }

    /** {@inheritDoc} For files that have none of the usual ones or not the right one. */
    @Override
    public JsonTokenizer withEndOfText(int id) {
        requireId(id);
        return new JsonTokenizer(this, id);
    }

    /** The hash of the file: {@code tokenizer.json sha256:...}. */
    @Override
    public String name() {
        return name;
    }

    @Override
    public int vocabularySize() {
        return tokens.length;
    }

    /**
     * {@inheritDoc} By default the first that there is of {@code </s>}, {@code <|endoftext|>} and others like them.
     *
     * @throws TttException if there is none
     */
    @Override
    public int endOfText() {
        return requireEnd(endOfText);
    }

    static int requireEnd(int id) {
        if (id < 0) {
            throw TttException.mismatch("tokenizer", "a token that ends a text: one of " + ENDS, "none of them");
        }
        return id;
    }

    @Override
    public int[] startOfText() {
        return template.before().stream().mapToInt(id -> id).toArray();
    }

    @Override
    public Optional<byte[]> file() {
        return Optional.of(json.clone());
    }

    @Override
    public String prefix() {
        return prefix;
    }

    @Override
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public String token(int id) {
        requireId(id);
        return tokens[id] == null ? "" : tokens[id];
    }

    @Override
    public byte[] bytes(int id) {
        requireId(id);
        return bytes[id].clone();
    }

    private void requireId(int id) {
        if (id < 0 || id >= tokens.length) {
            throw TttException.mismatch("token id", "0 to " + (tokens.length - 1), id);
        }
    }

    @Override
    public int[] encode(byte[] utf8) {
        return encodeWhole(Utf8.decode(utf8));
    }

    /** Token ids of a text with the special ids around it that the file's {@code post_processor} asks for. */
    public int[] encodeWithSpecials(String text) {
        IntList all = new IntList();
        template.before().forEach(all::add);
        all.addAll(encode(text));
        template.after().forEach(all::add);
        return all.toArray();
    }

    private int[] encodeWhole(String text) {
        IntList out = new IntList();
        raw.scan(text, new AddedTokens.Sink() {
            @Override
            public void text(int from, int to) {
                encodeNormalized(normalizer.apply(text.substring(from, to)), from == 0, out);
            }

            @Override
            public void token(int id) {
                out.add(id);
            }
        });
        return out.toArray();
    }

    private void encodeNormalized(String text, boolean first, IntList out) {
        normalized.scan(text, new AddedTokens.Sink() {
            @Override
            public void text(int from, int to) {
                preTokenizer.split(text, from, to, first && from == 0, (t, f, e, start) -> model.encode(t, f, e, out));
            }

            @Override
            public void token(int id) {
                out.add(id);
            }
        });
    }
}
