package org.ttt4j.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.ttt4j.tensor.TttException;

/** What all kinds of {@code config.json} share: reading files, changing keys. */
final class ConfigJson {

    /** Far above any real one; keeps a mistaken path from being read into memory. */
    private static final long MAX_BYTES = 1 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ConfigJson() {}

    /** @param kind makes the configuration of its keys */
    static <C> C read(Path file, Function<Keys, C> kind) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw TttException.mismatch(file.toString(), "at most " + MAX_BYTES + " bytes", Files.size(file));
            }
            return parse(Files.readString(file), file.toString(), kind);
        } catch (NoSuchFileException e) {
            throw TttException.mismatch(file.toString(), "a config.json", "no such file");
        } catch (IOException e) {
            throw new TttException(file + ": cannot be read: " + e, e);
        }
    }

    /**
     * Reads a configuration.
     *
     * @param source its name in messages
     * @param kind makes the configuration of its keys
     */
    static <C> C parse(String json, String source, Function<Keys, C> kind) {
        JsonNode tree;
        try {
            tree = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new TttException(source + ": expected well-formed JSON, found: " + e.getOriginalMessage(), e);
        }
        if (!(tree instanceof ObjectNode object)) {
            throw TttException.mismatch(source, "a JSON object", tree.getNodeType());
        }
        try {
            return kind.apply(new Keys(object));
        } catch (TttException e) {
            throw new TttException(source + ", " + e.getMessage(), e);
        }
    }

    static ObjectNode tree(Map<String, ?> keys) {
        return JSON.valueToTree(keys);
    }

    static String text(ObjectNode tree) {
        return tree.toPrettyString() + "\n";
    }

    /** The keys with some changed; all of them must be there. */
    static Keys with(ObjectNode tree, Map<String, ?> changes) {
        for (String key : changes.keySet()) {
            if (!tree.has(key)) {
                throw TttException.mismatch("configuration", "one of its keys", key);
            }
        }
        tree.setAll(ConfigJson.tree(changes));
        return new Keys(tree);
    }

    /** The keys with a further one, or with another value of one that is not the model's own. */
    static Keys withExtra(ObjectNode tree, Map<String, Object> extra, String key, Object value) {
        if (tree.has(key) && !extra.containsKey(key)) {
            throw TttException.mismatch("configuration", "a key that is not the model's own", key);
        }
        tree.set(key, JSON.valueToTree(value));
        return new Keys(tree);
    }
}
