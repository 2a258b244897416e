package org.ttt4j.config;

/** The configuration of a model whose blocks are a mixer with heads and a feed-forward half, as in Llama. */
public sealed interface FeedForwardConfig extends ModelConfig permits TTTConfig, LlamaConfig {

    /** F, width of the feed-forward half. */
    int intermediateSize();

    /** H. */
    int heads();

    /** D. */
    int headSize();

    /** Whether every block starts with a convolution, as in the paper's Mamba backbone. */
    boolean preConv();

    /** Width of the convolutions, in tokens. */
    int convKernel();

    /** Epsilon of the RMS norms. */
    double rmsNormEps();

    /** Standard deviation of initial weights. */
    double initializerRange();
}
