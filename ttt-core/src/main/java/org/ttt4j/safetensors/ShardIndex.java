package org.ttt4j.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ttt4j.tensor.TttException;

/** The index of a sharded checkpoint: {@code {"metadata": {"total_size": n}, "weight_map": {"tensor": "file"}}}. */
final class ShardIndex {

    private static final String MAP = "weight_map";
    private static final String SUFFIX = ".safetensors";

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxNameLength(10_000)
                    .build())
            .build();

    private ShardIndex() {}

    /** The file of every tensor, by the tensor's name. Files are plain names: an index does not lead elsewhere. */
    static Map<String, String> read(Path index) {
        try {
            long size = Files.size(index);
            if (size > Header.MAX_BYTES) {
                throw TttException.mismatch(index.toString(), "at most " + Header.MAX_BYTES + " bytes", size);
            }
            return parse(Files.readString(index), index.toString());
        } catch (NoSuchFileException e) {
            throw TttException.mismatch(index.toString(), "the index of a sharded checkpoint", "no such file");
        } catch (JsonProcessingException e) {
            throw new TttException(index + ": expected well-formed JSON, found: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new TttException(index + ": cannot be read: " + e, e);
        }
    }

    private static Map<String, String> parse(String json, String label) throws IOException {
        Map<String, String> files = null;
        try (JsonParser in = JSON.createParser(json)) {
            expect(in.nextToken(), JsonToken.START_OBJECT, label, "an object");
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String field = in.currentName();
                in.nextToken();
                if (field.equals(MAP)) {
                    files = parseMap(in, label + ", " + MAP);
                } else {
                    in.skipChildren();
                    expect(in.currentToken() != null, label + ", " + field, "a value");
                }
            }
            expect(in.nextToken() == null, label, "nothing behind the object");
        }
        expect(files != null, label, "the field " + MAP);
        return files;
    }

    private static Map<String, String> parseMap(JsonParser in, String label) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        expect(in.currentToken(), JsonToken.START_OBJECT, label, "an object");
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String tensor = in.currentName();
            expect(in.nextToken(), JsonToken.VALUE_STRING, label + ", " + tensor, "a file's name");
            String file = in.getText();
            boolean plain = file.length() <= 255
                    && file.endsWith(SUFFIX)
                    && !file.startsWith(".")
                    && file.chars().allMatch(c -> c > ' ' && c < 127 && c != '/' && c != '\\' && c != ':');
            expect(plain, label + ", " + tensor, "a plain file name that ends in " + SUFFIX);
            files.put(tensor, file);
        }
        return files;
    }

    private static void expect(JsonToken actual, JsonToken expected, String what, String words) {
        if (actual != expected) {
            throw TttException.mismatch(what, words, actual);
        }
    }

    private static void expect(boolean holds, String what, String words) {
        if (!holds) {
            throw TttException.mismatch(what, words, "something else");
        }
    }

    /** The text of an index. */
    static String of(Map<String, String> fileOf, long totalBytes) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            out.writeStartObject();
            out.writeObjectFieldStart("metadata");
            out.writeNumberField("total_size", totalBytes);
            out.writeEndObject();
            out.writeObjectFieldStart(MAP);
            for (Map.Entry<String, String> entry : fileOf.entrySet()) {
                out.writeStringField(entry.getKey(), entry.getValue());
            }
            out.writeEndObject();
            out.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("a string takes everything", e);
        }
        return text + "\n";
    }
}
