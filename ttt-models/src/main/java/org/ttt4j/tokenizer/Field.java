package org.ttt4j.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.ttt4j.tensor.TttException;

/**
 * A value of a JSON file and its place, so that whatever is wrong with it can be named.
 *
 * @param place file and path, for messages
 * @param value null or JSON's null if there is none
 */
record Field(String place, JsonNode value) {

    /** Every token of a vocabulary is a key: caching them as the names of fields only costs. */
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final int SHOWN = 60;

    /** The whole of a file. */
    static Field parse(String name, byte[] json) {
        try {
            JsonNode root = JSON.readTree(json);
            if (root == null || !root.isObject()) {
                throw TttException.mismatch(name, "a JSON object", "something else");
            }
            return new Field(name, root);
        } catch (IOException e) {
            throw new TttException(name + ": expected JSON, found: " + firstLine(e), e);
        }
    }

    private static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }

    /** Whether there is a value. */
    boolean isPresent() {
        return value != null && !value.isNull() && !value.isMissingNode();
    }

    Field get(String key) {
        if (!value.isObject()) {
            throw wrong("an object");
        }
        return new Field(place + (place.contains(", ") ? "." : ", ") + key, value.get(key));
    }

    /**
     * Checks that an object has no key beside these.
     *
     * @throws UnsupportedTokenizer naming the first other one
     */
    Field known(String... keys) {
        if (!isPresent() || !value.isObject()) {
            throw wrong("an object");
        }
        Set<String> all = Set.of(keys);
        Iterator<String> names = value.fieldNames();
        while (names.hasNext()) {
            String key = names.next();
            if (!all.contains(key)) {
                throw get(key).unsupported();
            }
        }
        return this;
    }

    /** The entries of an array. */
    List<Field> items() {
        if (!isPresent() || !value.isArray()) {
            throw wrong("an array");
        }
        List<Field> items = new ArrayList<>(value.size());
        for (int i = 0; i < value.size(); i++) {
            items.add(new Field(place + "[" + i + "]", value.get(i)));
        }
        return items;
    }

    String text() {
        if (!isPresent() || !value.isTextual()) {
            throw wrong("a text");
        }
        return requireWhole(value.textValue());
    }

    /** A text, or what stands for none. */
    String text(String none) {
        return isPresent() ? text() : none;
    }

    boolean flag(boolean none) {
        if (!isPresent()) {
            return none;
        }
        if (!value.isBoolean()) {
            throw wrong("true or false");
        }
        return value.booleanValue();
    }

    /** A whole number from 0 to a limit. */
    int number(int limit) {
        if (!isPresent() || !value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong("a whole number from 0 to " + limit);
        }
        if (value.intValue() < 0 || value.intValue() > limit) {
            throw wrong("a whole number from 0 to " + limit);
        }
        return value.intValue();
    }

    /** Half of a surrogate pair stands for no character and has no UTF-8. */
    String requireWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw TttException.mismatch(place, "whole characters", "half of a surrogate pair");
                }
                i++;
            }
        }
        return text;
    }

    TttException wrong(String expected) {
        return TttException.mismatch(place, expected, found());
    }

    UnsupportedTokenizer unsupported() {
        return new UnsupportedTokenizer(place + ": not supported, found " + found());
    }

    private String found() {
        if (!isPresent()) {
            return "nothing";
        }
        if (value.isContainerNode()) {
            return value.isObject() ? "an object" : "an array";
        }
        return shown(value.toString());
    }

    /** The beginning of a text, for messages. */
    static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }
}
