package org.ttt4j.config;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ttt4j.tensor.TttException;

/** Takes keys out of a JSON object one by one, with their types checked. */
final class Keys {

    static final String MODEL_TYPE = "model_type";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode tree;

    Keys(ObjectNode tree) {
        this.tree = tree;
    }

    int integer(String key, int absent) {
        JsonNode value = tree.remove(key);
        return value == null ? absent : integer(key, value);
    }

    /** A JSON null is a value of its own here. */
    Integer integerOrNull(String key, Integer absent) {
        JsonNode value = tree.remove(key);
        if (value == null) {
            return absent;
        }
        return value.isNull() ? null : Integer.valueOf(integer(key, value));
    }

    double number(String key, double absent) {
        JsonNode value = tree.remove(key);
        if (value != null && !value.isNumber()) {
            throw mismatch(key, "a number", value);
        }
        return value == null ? absent : value.doubleValue();
    }

    boolean flag(String key, boolean absent) {
        JsonNode value = tree.remove(key);
        if (value != null && !value.isBoolean()) {
            throw mismatch(key, "true or false", value);
        }
        return value == null ? absent : value.booleanValue();
    }

    String word(String key, String absent, String... allowed) {
        JsonNode value = tree.remove(key);
        if (value != null && !(value.isTextual() && List.of(allowed).contains(value.textValue()))) {
            throw mismatch(key, String.join(" or ", allowed), value);
        }
        return value == null ? absent : value.textValue();
    }

    /** As {@link #flag}, where only one value can be served. */
    void flag(String key, boolean absent, boolean only) {
        if (flag(key, absent) != only) {
            throw TttException.mismatch(key, only, !only);
        }
    }

    /** Whether the key's value is this word; it is taken then. */
    boolean isWord(String key, String word) {
        JsonNode value = tree.get(key);
        if (value == null || !value.isTextual() || !value.textValue().equals(word)) {
            return false;
        }
        tree.remove(key);
        return true;
    }

    /** A key that asks for what is not served: missing or null. */
    void absent(String key) {
        JsonNode value = tree.remove(key);
        if (value != null && !value.isNull()) {
            throw mismatch(key, "null", value);
        }
    }

    /** The text of a key, which stays. */
    String peek(String key, String absent) {
        JsonNode value = tree.get(key);
        if (value != null && !value.isTextual()) {
            throw mismatch(key, "a word", value);
        }
        return value == null ? absent : value.textValue();
    }

    /** What has not been taken, as plain values. */
    Map<String, Object> extra() {
        return JSON.convertValue(tree, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    private static int integer(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw mismatch(key, "a whole number of 32 bits", value);
        }
        return value.intValue();
    }

    private static TttException mismatch(String key, String expected, JsonNode value) {
        String found = value.toString();
        return TttException.mismatch(key, expected, found.length() > 100 ? found.substring(0, 100) + "..." : found);
    }
}
