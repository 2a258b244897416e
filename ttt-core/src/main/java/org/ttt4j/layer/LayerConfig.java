package org.ttt4j.layer;

import java.util.EnumSet;
import java.util.Set;
import org.ttt4j.inner.InnerModel;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.tensor.TttException;

/**
 * What a TTT layer is made of. The {@code with...} methods give changed copies.
 *
 * @param hidden C, a multiple of the heads
 * @param heads H; the head size C/H is even and at least 4
 * @param model the inner model
 * @param miniBatch K, at least 1
 * @param baseRate base inner learning rate; the rate of a token is {@code baseRate·σ(x·w + b)/D}
 * @param ropeTheta base of the rotary embedding
 * @param convKernel width of the convolutions of {@link Feature#SHARED_QK}
 * @param features what the Mamba backbone adds
 * @param initStd standard deviation of the projections at the start
 */
public record LayerConfig(
        int hidden,
        int heads,
        InnerModel model,
        int miniBatch,
        double baseRate,
        double ropeTheta,
        int convKernel,
        Set<Feature> features,
        double initStd) {

    /** Parts of the layer that are optional. */
    public enum Feature {
        /** The output is multiplied by gelu of a projection of the input. */
        GATE,
        /** Queries and keys come from one projection, by two causal convolutions. */
        SHARED_QK
    }

    public LayerConfig {
        require(heads >= 1, "heads", "at least 1", heads);
        require(hidden >= 1 && hidden % heads == 0, "hidden", "a positive multiple of " + heads + " heads", hidden);
        int d = hidden / heads;
        require(d >= 4 && d % 2 == 0, "head size", "even and at least 4", d);
        require(model != null, "inner model", "one", null);
        require(features != null, "features", "a set", null);
        require(miniBatch >= 1, "mini-batch", "at least 1", miniBatch);
        require(baseRate >= 0 && Double.isFinite(baseRate), "base inner learning rate", "0 or more", baseRate);
        require(ropeTheta > 0 && Double.isFinite(ropeTheta), "rope theta", "positive", ropeTheta);
        require(convKernel >= 1, "convolution kernel", "at least 1", convKernel);
        require(initStd >= 0 && Double.isFinite(initStd), "initial deviation", "0 or more", initStd);
        features = features.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(features));
    }

    private static void require(boolean holds, String name, String expected, Object actual) {
        if (!holds) {
            throw TttException.mismatch(name, expected, actual);
        }
    }

    /** TTT-Linear with the paper's defaults: mini-batches of 16, base rate 1, no optional parts. */
    public static LayerConfig of(int hidden, int heads) {
        return new LayerConfig(hidden, heads, new LinearModel(), 16, 1.0, 10_000, 4, Set.of(), 0.02);
    }

    /** D. */
    public int headSize() {
        return hidden / heads;
    }

    public boolean has(Feature feature) {
        return features.contains(feature);
    }

    public LayerConfig withModel(InnerModel m) {
        return new LayerConfig(hidden, heads, m, miniBatch, baseRate, ropeTheta, convKernel, features, initStd);
    }

    public LayerConfig withMiniBatch(int k) {
        return new LayerConfig(hidden, heads, model, k, baseRate, ropeTheta, convKernel, features, initStd);
    }

    public LayerConfig withBaseRate(double rate) {
        return new LayerConfig(hidden, heads, model, miniBatch, rate, ropeTheta, convKernel, features, initStd);
    }

    public LayerConfig withRopeTheta(double theta) {
        return new LayerConfig(hidden, heads, model, miniBatch, baseRate, theta, convKernel, features, initStd);
    }

    public LayerConfig withConvKernel(int width) {
        return new LayerConfig(hidden, heads, model, miniBatch, baseRate, ropeTheta, width, features, initStd);
    }

    public LayerConfig withFeatures(Set<Feature> f) {
        return new LayerConfig(hidden, heads, model, miniBatch, baseRate, ropeTheta, convKernel, f, initStd);
    }

    public LayerConfig withInitStd(double std) {
        return new LayerConfig(hidden, heads, model, miniBatch, baseRate, ropeTheta, convKernel, features, std);
    }
}
