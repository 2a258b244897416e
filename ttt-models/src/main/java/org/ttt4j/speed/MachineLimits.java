package org.ttt4j.speed;

/**
 * What the machine allows, measured with as many threads as the model has.
 *
 * @param gemmGflops the product peak, 10⁹ operations a second: the best rate over the model's own matrices, each applied to
 *     as many tokens as the longest test reads, by the executor's own products
 * @param bandwidthGbs the best rate of reading memory, 10⁹ bytes a second
 */
public record MachineLimits(double gemmGflops, double bandwidthGbs) {

    /** The better of two measurements: what disturbs can only slow down. */
    MachineLimits orBetter(MachineLimits other) {
        return new MachineLimits(Math.max(gemmGflops, other.gemmGflops), Math.max(bandwidthGbs, other.bandwidthGbs));
    }
}
