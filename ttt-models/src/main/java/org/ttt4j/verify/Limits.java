package org.ttt4j.verify;

import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.config.MambaConfig;
import org.ttt4j.config.ModelConfig;

/**
 * How far from the authors' float64 values a tensor may be: {@code max|x - ref| / max|ref|}.
 *
 * @param forward outputs, states, losses
 * @param gradient gradients
 */
public record Limits(double forward, double gradient) {

    /** Softmax attention in float32: twice the room, its authors' own float32 code needs more than half of it. */
    static final Limits ATTENTION_FLOAT = new Limits(1e-5, 5e-5);

    /** Mamba in float32: its gradients need less. */
    private static final Limits MAMBA_FLOAT = new Limits(5e-6, 2e-5);

    /** As {@link #of(DataType)}, for a kind of model. */
    static Limits of(DataType type, ModelConfig config) {
        return type == DataType.FLOAT && config instanceof MambaConfig ? MAMBA_FLOAT : of(type);
    }

    /** Float64: rounding only. Float32: what the authors' own float32 code shows, with room. */
    public static Limits of(DataType type) {
        return type == DataType.DOUBLE ? new Limits(1e-11, 1e-9) : new Limits(5e-6, 5e-5);
    }
}
