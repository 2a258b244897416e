package org.ttt4j.matrix;

import java.util.Arrays;
import org.ttt4j.tensor.Bfloat16;
import org.ttt4j.tensor.TttException;

/** The precision in which the weights of projections, embedding and head are kept; everything else is float32. */
public enum WeightType {
    FLOAT32("float32"),
    /** The upper half of a float32, rounded to nearest even. */
    BFLOAT16("bfloat16"),
    /** Blocks of 32 inputs of one output: signed bytes -127 to 127 and one float32 scale, largest magnitude / 127. */
    Q8_0("q8_0");

    /** Inputs that share a scale in {@link #Q8_0}. */
    public static final int BLOCK = 32;

    private final String label;

    WeightType(String label) {
        this.label = label;
    }

    /** As users write it. */
    public String label() {
        return label;
    }

    /**
     * Rounds the values of a matrix in place to what this type can hold.
     *
     * @param values rows of {@code inputs} values
     */
    public void round(float[] values, int inputs) {
        switch (this) {
            case FLOAT32 -> {}
            case BFLOAT16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Bfloat16.widen(Bfloat16.of(values[i]));
                }
            }
            case Q8_0 -> {
                for (int row = 0; row < values.length; row += inputs) {
                    for (int i = 0; i < inputs; i += BLOCK) {
                        Q8.round(values, row + i, Math.min(BLOCK, inputs - i));
                    }
                }
            }
        }
    }

    /** @throws TttException if there is no type of that name */
    public static WeightType named(String label) {
        for (WeightType type : values()) {
            if (type.label.equals(label)) {
                return type;
            }
        }
        throw TttException.mismatch(
                "weight type", Arrays.stream(values()).map(WeightType::label).toList(), label);
    }
}
