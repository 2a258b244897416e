package org.ttt4j.config;

/** How a TTT layer is set into its block (figure 13 of the paper). The feed-forward half is the same in both. */
public enum Backbone {
    /** Separate query and key projections, no gate, no convolution. */
    TRANSFORMER,
    /** Queries and keys from one projection by two convolutions, a gate, and a convolution before the layer. */
    MAMBA
}
