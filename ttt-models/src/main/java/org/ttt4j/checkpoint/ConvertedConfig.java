package org.ttt4j.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.param.Q8Rows;
import org.ttt4j.tensor.TttException;

/** What a {@code config.json} says about the precision of the weights. */
final class ConvertedConfig {

    /** Our key: {@code {"type": "q8_0", "block": 32}}; absent where matrices are not in blocks. */
    private static final String QUANTIZATION = "quantization";

    private static final Map<String, Object> Q8_0 = Map.of("type", "q8_0", "block", Q8Rows.BLOCK);

    /** Hugging Face's key, which tells its loaders how to compute. */
    private static final String TORCH_DTYPE = "torch_dtype";

    private static final ObjectMapper JSON = new ObjectMapper();

    private ConvertedConfig() {}

    /** The text of a configuration whose weights are kept in a precision. */
    static String text(ModelConfig config, StorageType type) {
        try {
            ObjectNode keys = (ObjectNode) JSON.readTree(config.toJson());
            keys.remove(QUANTIZATION);
            keys.put(TORCH_DTYPE, type == StorageType.Q8_0 ? StorageType.FLOAT32.toString() : type.toString());
            if (type == StorageType.Q8_0) {
                keys.set(QUANTIZATION, JSON.valueToTree(new LinkedHashMap<>(Q8_0)));
            }
            return keys.toPrettyString() + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a configuration that was read", e);
        }
    }

    /**
     * Refuses weights that were rounded in a way that is not known here.
     *
     * @throws TttException naming the key
     */
    static ModelConfig requireKnown(ModelConfig config) {
        Object ours = config.extra().get(QUANTIZATION);
        if (ours != null && !ours.equals(Q8_0)) {
            throw TttException.mismatch(QUANTIZATION, Q8_0, ours);
        }
        Object others = config.extra().get("quantization_config");
        if (others != null) {
            throw TttException.mismatch("quantization_config", "none: another library's blocks", others);
        }
        return config;
    }
}
