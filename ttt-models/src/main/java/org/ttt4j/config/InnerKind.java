package org.ttt4j.config;

/** What a TTT layer learns at test time (section 2.3 of the paper), with the authors' word for it. */
public enum InnerKind {
    /** TTT-Linear: {@code x W1 + b1}. */
    LINEAR("linear"),
    /** TTT-MLP: {@code gelu(x W1 + b1) W2 + b2}, four times as wide inside. */
    MLP("mlp");

    private final String key;

    InnerKind(String key) {
        this.key = key;
    }

    /** The value of {@code ttt_layer_type} in a configuration file. */
    public String key() {
        return key;
    }

    /** Floats of one head's inner weights. */
    long floats(long headSize) {
        long square = headSize * headSize;
        return this == LINEAR ? square + headSize : 8 * square + 5 * headSize;
    }
}
