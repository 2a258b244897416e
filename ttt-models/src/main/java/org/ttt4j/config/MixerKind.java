package org.ttt4j.config;

/** What mixes tokens in a model, by the names that users type. */
public enum MixerKind {
    /** The paper's layer with a linear inner model. */
    TTT_LINEAR("ttt-linear"),
    /** The paper's layer with a two-layer MLP inside. */
    TTT_MLP("ttt-mlp"),
    /** Causal softmax attention, as in Llama. */
    ATTENTION("attention"),
    /** Selective state space, Mamba-1. */
    MAMBA("mamba"),
    /** Attention without the softmax: {@code φ(q)ᵀ Σ φ(k) vᵀ}, φ(x) = x, no normaliser. */
    LINEAR_ATTENTION("linear-attention"),
    /** The same with φ(x) = elu(x) + 1 and a normaliser (Katharopoulos et al. 2020). */
    NORMALISED_LINEAR_ATTENTION("normalised-linear-attention");

    private final String label;

    MixerKind(String label) {
        this.label = label;
    }

    /** Its name on the command line and in reports. */
    @Override
    public String toString() {
        return label;
    }

    /** Whether it is a layer of the paper, which learns at test time. */
    public boolean learnsAtTestTime() {
        return this == TTT_LINEAR || this == TTT_MLP;
    }
}
