package org.ttt4j.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Where two JSON trees differ. */
final class Differences {

    private Differences() {}

    /** One phrase for every value that differs, in the order of their names. */
    static List<String> between(JsonNode expected, JsonNode found) {
        List<String> differences = new ArrayList<>();
        collect("", expected, found, differences);
        return differences;
    }

    private static void collect(String name, JsonNode expected, JsonNode found, List<String> to) {
        if (expected.isObject() && found.isObject()) {
            Set<String> keys = new TreeSet<>();
            expected.fieldNames().forEachRemaining(keys::add);
            found.fieldNames().forEachRemaining(keys::add);
            for (String key : keys) {
                collect(name.isEmpty() ? key : name + "." + key, at(expected, key), at(found, key), to);
            }
        } else if (!expected.equals(found)) {
            to.add(name + ": expected " + words(expected) + ", found " + words(found));
        }
    }

    private static JsonNode at(JsonNode tree, String key) {
        JsonNode value = tree.get(key);
        return value == null ? MissingNode.getInstance() : value;
    }

    private static String words(JsonNode value) {
        return value.isMissingNode() ? "nothing" : value.toString();
    }
}
