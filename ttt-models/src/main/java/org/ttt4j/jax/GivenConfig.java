package org.ttt4j.jax;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.tensor.TttException;

/**
 * A configuration for weights that have none beside them: a file, or a name of the authors' JAX code, and changes of single
 * keys.
 */
public final class GivenConfig {

    private static final long MAX_BYTES = 1 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private GivenConfig() {}

    /**
     * Makes a configuration of words.
     *
     * @param words first a name (125m, 125m-TTT, 350m, ... 1b-TTT) or a file, a {@code config.json} or a JSON object with the
     *     JAX code's keys; then changes as {@code key=value}, with the keys of either code, values in JSON or as in Python
     * @throws TttException naming the file, name or key and what is wrong with it
     */
    public static ModelConfig of(List<String> words) {
        if (words.isEmpty() || words.get(0).contains("=")) {
            throw TttException.mismatch("configuration", "a name or a file, then changes", words);
        }
        String source = words.get(0);
        Map<String, Object> jaxChanges = new LinkedHashMap<>();
        Map<String, Object> changes = new LinkedHashMap<>();
        Map<String, Object> base = base(source);
        boolean jax = JaxConfig.isJax(base);
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw TttException.mismatch("configuration", "key=value", word);
            }
            String key = word.substring(0, equals);
            (jax && JaxConfig.isKey(key) ? jaxChanges : changes).put(key, value(word.substring(equals + 1)));
        }
        base.putAll(jaxChanges);
        try {
            ModelConfig config = ModelConfig.parse(text(jax ? JaxConfig.translate(base) : base));
            return changes.isEmpty() ? config : config.with(changes);
        } catch (TttException e) {
            throw new TttException(source + ", " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> base(String source) {
        Map<String, Object> named = JaxConfig.named(source);
        if (named != null) {
            return named;
        }
        String name = source.startsWith("json::") ? source.substring("json::".length()) : source;
        try {
            Path file = Path.of(name);
            if (!Files.isRegularFile(file)) {
                throw TttException.mismatch(
                        "configuration", "a file, or 125m, 350m, 760m, 1b, 125m-TTT and so on", source);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw TttException.mismatch(name, "at most " + MAX_BYTES + " bytes", Files.size(file));
            }
            Map<String, Object> keys = JSON.readValue(Files.readString(file), new TypeReference<>() {});
            if (keys == null) {
                throw TttException.mismatch(name, "a JSON object", "null");
            }
            return keys;
        } catch (InvalidPathException e) {
            throw TttException.mismatch("configuration", "a name or a file", name);
        } catch (JsonProcessingException e) {
            throw new TttException(name + ": expected a JSON object, found: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new TttException(name + ": cannot be read: " + e, e);
        }
    }

    /** JSON, or Python's words for its constants, or a text. */
    private static Object value(String text) {
        return switch (text) {
            case "True" -> true;
            case "False" -> false;
            case "None", "null" -> null;
            default -> {
                try {
                    yield JSON.readValue(text, Object.class);
                } catch (JsonProcessingException e) {
                    yield text.replaceAll("^'(.*)'$", "$1");
                }
            }
        };
    }

    private static String text(Map<String, Object> keys) {
        try {
            return JSON.writeValueAsString(keys);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("keys that were read from JSON", e);
        }
    }
}
