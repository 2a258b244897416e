package org.ttt4j.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ttt4j.tensor.TttException;

/**
 * Hugging Face's own library, through DJL's binding: for files that {@link JsonTokenizer} does not know. The binding is an
 * optional dependency; nothing else here touches its classes. What an id stands for is asked of the decoder with another
 * token before it.
 */
final class DjlTokenizer implements Tokenizer {

    private final byte[] json;
    private final HuggingFaceTokenizer library;
    private final String[] tokens;
    private final boolean[] special;
    private final int[] start;
    private final int neighbour;
    private final int endOfText;

    private DjlTokenizer(byte[] json, HuggingFaceTokenizer library, String[] tokens, boolean[] special, int endOfText) {
        this.json = json;
        this.library = library;
        this.tokens = tokens;
        this.special = special;
        this.endOfText = endOfText;
        int[] plain = ids("a", false);
        int[] framed = ids("a", true);
        start = Arrays.copyOf(framed, Math.max(0, indexOf(framed, plain)));
        neighbour = neighbour();
    }

    static DjlTokenizer read(String place, byte[] json) {
        Field root = Field.parse(place, json);
        List<Field> added =
                root.get("added_tokens").isPresent() ? root.get("added_tokens").items() : List.of();
        JsonNode vocabulary = root.get("model").get("vocab").value();
        int limit = BpeReader.idLimit((vocabulary == null ? 0 : vocabulary.size()) + added.size());
        List<String> names = new ArrayList<>();
        if (vocabulary != null && vocabulary.isArray()) {
            vocabulary.forEach(entry -> names.add(entry.path(0).asText()));
        } else if (vocabulary != null) {
            Field field = root.get("model").get("vocab");
            vocabulary
                    .fieldNames()
                    .forEachRemaining(name -> put(names, field.get(name).number(limit), name));
        }
        added.forEach(token ->
                put(names, token.get("id").number(limit), token.get("content").text()));
        boolean[] special = new boolean[names.size()];
        added.forEach(token ->
                special[token.get("id").number(limit)] = token.get("special").flag(false));
        int end = JsonTokenizer.ENDS.stream()
                .mapToInt(names::indexOf)
                .filter(id -> id >= 0)
                .findFirst()
                .orElse(-1);
        try {
            HuggingFaceTokenizer library = HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json), Map.of("truncation", "false", "padding", "false"));
            return new DjlTokenizer(json.clone(), library, names.toArray(new String[0]), special, end);
        } catch (IOException | RuntimeException e) {
            throw new TttException(place + ": Hugging Face's library cannot read it: " + e.getMessage(), e);
        }
    }

    private static void put(List<String> names, int id, String name) {
        while (names.size() <= id) {
            names.add("");
        }
        names.set(id, name);
    }

    private static int indexOf(int[] all, int[] part) {
        for (int i = 0; i + part.length <= all.length; i++) {
            if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    /** A token of letters, before which others show what they are in the middle of a text. */
    private int neighbour() {
        for (int id = 0; id < tokens.length; id++) {
            String text = special[id] ? "" : text(id);
            if (text.matches("[a-z]+") && text(id, id).startsWith(text)) {
                return id;
            }
        }
        throw TttException.mismatch(name(), "a token of Latin letters", "none");
    }

    private int[] ids(String text, boolean specials) {
        try {
            long[] ids = library.encode(text, specials, false).getIds();
            return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
        } catch (RuntimeException e) {
            throw new TttException(name() + ": Hugging Face's library fails: " + e.getMessage(), e);
        }
    }

    private String text(int... ids) {
        return library.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    @Override
    public String name() {
        return Tokenizers.fileName(json);
    }

    @Override
    public int vocabularySize() {
        return tokens.length;
    }

    @Override
    public int endOfText() {
        return JsonTokenizer.requireEnd(endOfText);
    }

    @Override
    public DjlTokenizer withEndOfText(int id) {
        requireId(id);
        return new DjlTokenizer(json, library, tokens, special, id);
    }

    @Override
    public int[] startOfText() {
        return start.clone();
    }

    @Override
    public Optional<byte[]> file() {
        return Optional.of(json.clone());
    }

    @Override
    public String prefix() {
        return " ";
    }

    @Override
    public String token(int id) {
        requireId(id);
        return tokens[id];
    }

    @Override
    public byte[] bytes(int id) {
        requireId(id);
        if (special[id]) {
            return new byte[0];
        }
        byte[] named = TokenBytes.named(tokens[id]);
        if (named != null) {
            return named;
        }
        String text = text(neighbour, id).substring(text(neighbour).length());
        return text.indexOf('\uFFFD') >= 0 && ByteAlphabet.isEncoded(tokens[id])
                ? ByteAlphabet.decode(tokens[id])
                : text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int[] encode(byte[] utf8) {
        return ids(Utf8.decode(utf8), false);
    }

    /** {@inheritDoc} The library's own text, which may join words more prettily than they come one by one. */
    @Override
    public String decode(int... ids) {
        Arrays.stream(ids).forEach(this::requireId);
        return text(ids);
    }

    private void requireId(int id) {
        if (id < 0 || id >= tokens.length) {
            throw TttException.mismatch("token id", "0 to " + (tokens.length - 1), id);
        }
    }
}
