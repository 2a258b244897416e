package org.ttt4j.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ttt4j.tensor.TttException;

/** Reads a header's JSON token by token: a tree of a large header would cost many times its size. */
final class HeaderParser {

    /** The highest rank of an ND4J array. */
    private static final int MAX_RANK = 32;

    /**
     * Names are short-lived here and may be hostile: no symbol table, no interning. Nothing nests deeper than three.
     */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxNameLength(10_000)
                    .build())
            .build();

    private final String file;
    private final List<TensorInfo> tensors = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    HeaderParser(String file) {
        this.file = file;
    }

    /** The tensors in the order in which the header names them. Sizes fit their byte ranges. */
    List<TensorInfo> tensors() {
        return tensors;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    void parse(String json) {
        try (JsonParser in = JSON.createParser(json)) {
            expect(in.nextToken(), JsonToken.START_OBJECT, "header", "an object");
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = in.currentName();
                in.nextToken();
                if (name.equals(Header.METADATA)) {
                    parseMetadata(in);
                } else {
                    tensors.add(parseTensor(in, name));
                }
            }
            if (in.nextToken() != null) {
                throw TttException.mismatch(file + ", header", "nothing behind the object", in.currentToken());
            }
        } catch (JsonProcessingException e) {
            throw new TttException(file + ", header: expected well-formed JSON, found: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new TttException(file + ", header: " + e, e);
        }
    }

    private void parseMetadata(JsonParser in) throws IOException {
        expect(in.currentToken(), JsonToken.START_OBJECT, Header.METADATA, "an object");
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String key = in.currentName();
            expect(in.nextToken(), JsonToken.VALUE_STRING, Header.METADATA + "." + key, "a string");
            metadata.put(key, in.getText());
        }
    }

    private TensorInfo parseTensor(JsonParser in, String name) throws IOException {
        String tensor = "tensor " + name;
        expect(in.currentToken(), JsonToken.START_OBJECT, tensor, "an object");
        DType dtype = null;
        long[] shape = null;
        long[] offsets = null;
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String field = in.currentName();
            in.nextToken();
            switch (field) {
                case "dtype" -> dtype = parseType(in, tensor);
                case "shape" -> shape = parseSizes(in, tensor + ", shape");
                case "data_offsets" -> offsets = parseSizes(in, tensor + ", data_offsets");
                default -> throw mismatch(tensor, "dtype, shape and data_offsets", field);
            }
        }
        if (dtype == null || shape == null || offsets == null) {
            throw mismatch(tensor, "dtype, shape and data_offsets", "not all of them");
        }
        if (offsets.length != 2) {
            throw mismatch(tensor + ", data_offsets", "begin and end", Arrays.toString(offsets));
        }
        TensorInfo info = new TensorInfo(name, dtype, shape, offsets[0]);
        if (bytes(info, tensor) != offsets[1] - offsets[0]) {
            throw mismatch(
                    tensor + ", data_offsets",
                    info.bytes() + " bytes for " + dtype + " " + Arrays.toString(shape),
                    Arrays.toString(offsets));
        }
        return info;
    }

    private DType parseType(JsonParser in, String tensor) throws IOException {
        expect(in.currentToken(), JsonToken.VALUE_STRING, tensor + ", dtype", "a string");
        DType dtype = DType.named(in.getText());
        if (dtype == null) {
            throw mismatch(tensor + ", dtype", "one of " + Arrays.toString(DType.values()), in.getText());
        }
        return dtype;
    }

    private long[] parseSizes(JsonParser in, String what) throws IOException {
        expect(in.currentToken(), JsonToken.START_ARRAY, what, "an array");
        long[] sizes = new long[MAX_RANK];
        int n = 0;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            expect(in.currentToken(), JsonToken.VALUE_NUMBER_INT, what, "whole numbers");
            if (in.getNumberType() == JsonParser.NumberType.BIG_INTEGER || in.getLongValue() < 0) {
                throw mismatch(what, "whole numbers from 0 to 2^63 - 1", in.getText());
            }
            if (n == MAX_RANK) {
                throw mismatch(what, "at most " + MAX_RANK + " numbers", "more");
            }
            sizes[n++] = in.getLongValue();
        }
        return Arrays.copyOf(sizes, n);
    }

    private long bytes(TensorInfo info, String tensor) {
        try {
            return info.bytes();
        } catch (ArithmeticException e) {
            throw mismatch(tensor + ", shape", "a size below 2^63 bytes", Arrays.toString(info.shape()));
        }
    }

    private void expect(JsonToken actual, JsonToken expected, String what, String words) {
        if (actual != expected) {
            throw mismatch(what, words, actual);
        }
    }

    private TttException mismatch(String what, Object expected, Object actual) {
        return TttException.mismatch(file + ", " + what, expected, actual);
    }
}
