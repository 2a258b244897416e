package org.ttt4j.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Random;

/** Two small tokenizers made for the tests, changes of them, and texts. */
public final class Samples {

    public static final String BYTE_LEVEL = "byte-level";
    public static final String SENTENCEPIECE = "sentencepiece";

    static final ObjectMapper JSON = new ObjectMapper();

    private static final String[] AWKWARD = {
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u0085",
        "\u00A0",
        "\u2028",
        "\u3000",
        "\uFEFF",
        "\uFFFD",
        "\uFFFF",
        "a",
        "the",
        " The",
        "'s",
        "'LL",
        "12345",
        "²",
        "é",
        "e\u0301",
        "ß",
        "İ",
        "ﬁ",
        "漢字",
        "한국어",
        "\u1112\u1161\u11AB",
        "カ",
        "😀",
        "👩‍👩‍👧",
        "🇩🇪",
        "👍🏽",
        "𝄞",
        "مَ",
        "क्ष",
        "ไทย",
        "...",
        "$",
        "`",
        "\uDBFF\uDFFF",
        "\u200D"
    };

    private Samples() {}

    /** The bytes of a resource. */
    public static byte[] bytes(String name) {
        try (InputStream in = Samples.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ObjectNode tree(String name) {
        try {
            return (ObjectNode) JSON.readTree(bytes(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static JsonTokenizer tokenizer(String name) {
        return JsonTokenizer.parse(name, bytes(name + ".json"));
    }

    static JsonTokenizer parse(JsonNode tree) {
        try {
            return JsonTokenizer.parse("test", JSON.writeValueAsBytes(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sample with some keys replaced; of the model, only those that are named. */
    static ObjectNode changed(String name, JsonNode changes) {
        ObjectNode tree = tree(name);
        for (Map.Entry<String, JsonNode> change : changes.properties()) {
            if (change.getKey().equals("model") && !change.getValue().has("vocab")) {
                ((ObjectNode) tree.get("model")).setAll((ObjectNode) change.getValue());
            } else {
                tree.set(change.getKey(), change.getValue());
            }
        }
        return tree;
    }

    /** Characters of all planes, and awkward neighbours. */
    static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(20); n > 0; n--) {
            int kind = random.nextInt(4);
            if (kind > 1) {
                text.append(AWKWARD[random.nextInt(AWKWARD.length)]);
            } else {
                int c = random.nextInt(kind == 0 ? 0x3000 : 0x110000);
                text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 'x' : c);
            }
        }
        return text.toString();
    }
}
