package org.ttt4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.tensor.TttException;

/** Damaged files: each loads, and then works or says why not, or gives the one exception; soon, and with little memory. */
class BrokenTokenizersTest {

    private static final String[] VALUES = {
        "null",
        "true",
        "-1",
        "0",
        "2147483647",
        "2147483648",
        "1e400",
        "0.5",
        "99999999999999999999999",
        "\"\"",
        "\"a\"",
        "\"\\ud800\"",
        "[]",
        "{}",
        "[[]]",
        "{\"type\":\"Sequence\"}",
        "{\"type\":\"ByteLevel\"}",
        "\"BPE\"",
        "\"</s>\"",
        "{\"Regex\":\"((((a*)*)*)*)*$\"}",
        "{\"Regex\":\"[\"}",
        "{\"String\":\"\"}",
        "[\"a\",\"b\"]"
    };

    private int loaded;

    @ParameterizedTest
    @ValueSource(strings = {Samples.BYTE_LEVEL, Samples.SENTENCEPIECE})
    void flippedBits(String name) {
        Random random = new Random(21);
        byte[] json = Samples.bytes(name + ".json");
        for (int trial = 0; trial < 200; trial++) {
            byte[] damaged = json.clone();
            // Most of a file is vocabulary; half of the damage is to the rest.
            int limit = trial % 2 == 0 ? damaged.length : 2200;
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                damaged[random.nextInt(limit)] ^= (byte) (1 << random.nextInt(8));
            }
            check(damaged);
        }
        assertTrue(loaded > 0, "some damage is only other tokens");
    }

    @ParameterizedTest
    @ValueSource(strings = {Samples.BYTE_LEVEL, Samples.SENTENCEPIECE})
    void truncated(String name) {
        Random random = new Random(22);
        byte[] json = Samples.bytes(name + ".json");
        for (int trial = 0; trial < 60; trial++) {
            check(Arrays.copyOf(json, random.nextInt(json.length)));
        }
    }

    /** Any value in any place: wrong types, absurd numbers, missing and additional keys. */
    @ParameterizedTest
    @ValueSource(strings = {Samples.BYTE_LEVEL, Samples.SENTENCEPIECE})
    void otherValues(String name) throws IOException {
        Random random = new Random(23);
        for (int trial = 0; trial < 250; trial++) {
            ObjectNode tree = Samples.tree(name);
            for (int n = 1 + random.nextInt(2); n > 0; n--) {
                ContainerNode<?> place = place(tree, random);
                JsonNode value = Samples.JSON.readTree(VALUES[random.nextInt(VALUES.length)]);
                if (place instanceof ObjectNode object) {
                    List<String> keys = new ArrayList<>();
                    object.fieldNames().forEachRemaining(keys::add);
                    String key =
                            keys.isEmpty() || random.nextInt(8) == 0 ? "type" : keys.get(random.nextInt(keys.size()));
                    if (random.nextInt(6) == 0) {
                        object.remove(key);
                    } else {
                        object.set(key, value);
                    }
                } else {
                    ((ArrayNode) place).insert(random.nextInt(place.size() + 1), value);
                }
            }
            check(Samples.JSON.writeValueAsBytes(tree));
        }
    }

    /** An object or array somewhere, but only now and then one deep in the vocabulary. */
    private static ContainerNode<?> place(JsonNode tree, Random random) {
        ContainerNode<?> here = (ContainerNode<?>) tree;
        while (true) {
            List<JsonNode> below = new ArrayList<>();
            here.elements().forEachRemaining(node -> {
                if (node.isContainerNode()) {
                    below.add(node);
                }
            });
            if (below.isEmpty() || random.nextInt(4) == 0) {
                return here;
            }
            here = (ContainerNode<?>) below.get(random.nextInt(below.size()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Samples.BYTE_LEVEL, Samples.SENTENCEPIECE})
    void deepNesting(String name) throws IOException {
        for (String key : List.of("normalizer", "pre_tokenizer", "post_processor", "decoder")) {
            String list =
                    switch (key) {
                        case "normalizer" -> "normalizers";
                        case "pre_tokenizer" -> "pretokenizers";
                        case "post_processor" -> "processors";
                        default -> "decoders";
                    };
            for (int depth : new int[] {5, 9, 100, 400, 100_000}) {
                String open = "{\"type\":\"Sequence\",\"" + list + "\":[";
                String nested = open.repeat(depth) + "]}".repeat(depth);
                check(("{\"" + key + "\":" + nested + "," + text(name).substring(1)).getBytes(StandardCharsets.UTF_8));
                ObjectNode tree = Samples.tree(name);
                tree.remove(key);
                String rest = tree.toString().substring(1);
                check(("{\"" + key + "\":" + nested + "," + rest).getBytes(StandardCharsets.UTF_8));
            }
        }
        check("[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String name) {
        return new String(Samples.bytes(name + ".json"), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {Samples.BYTE_LEVEL, Samples.SENTENCEPIECE})
    void deepRegularExpressionsAndLyingIds(String name) throws IOException {
        for (String regex : List.of("(".repeat(20_000) + ")".repeat(20_000), "(a|b)*c", "(x+x+)+y")) {
            ObjectNode tree = Samples.tree(name);
            ObjectNode split =
                    tree.putObject("pre_tokenizer").put("type", "Split").put("behavior", "Isolated");
            split.putObject("pattern").put("Regex", regex);
            check(Samples.JSON.writeValueAsBytes(tree));
        }
        for (long id : new long[] {70_000, 1 << 30, Integer.MAX_VALUE, 1L << 40}) {
            ObjectNode tree = Samples.tree(name);
            ((ObjectNode) tree.get("model").get("vocab")).set("new", JsonNodeFactory.instance.numberNode(id));
            check(Samples.JSON.writeValueAsBytes(tree));
            ObjectNode added = Samples.tree(name);
            ((ArrayNode) added.get("added_tokens")).addObject().put("id", id).put("content", "new");
            check(Samples.JSON.writeValueAsBytes(added));
        }
    }

    private void check(byte[] json) {
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            try {
                JsonTokenizer tokenizer = JsonTokenizer.parse("damaged", json);
                loaded++;
                assertTrue(tokenizer.vocabularySize() <= 5 * json.length + (1 << 16), "no more than the file is worth");
                int[] ids = tokenizer.encode("The king's 42 cafés\r\n 漢字 😀 </s> ab".repeat(3));
                tokenizer.decode(ids);
            } catch (TttException e) {
                assertTrue(e.getMessage().length() < 1000, e.getMessage());
            }
        });
    }
}
