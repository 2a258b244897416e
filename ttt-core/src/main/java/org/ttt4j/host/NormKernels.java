package org.ttt4j.host;

import org.ttt4j.rows.NormRows;

/** RMSNorm and LayerNorm of all rows on all threads, and their gradients. Results at x and y are written, not added to. */
final class NormKernels {

    private final RowBlocks blocks;
    private final NormRows norms;

    NormKernels(RowBlocks blocks, NormRows norms) {
        this.blocks = blocks;
        this.norms = norms;
    }

    void rms(float[] x, float[] w, double eps, float[] y, int rows) {
        blocks.run(rows, w.length, (from, to) -> norms.rms(x, w, eps, y, from, to));
    }

    /** Writes the gradient at x; returns that of the weight. */
    float[] rmsGradient(float[] x, float[] w, double eps, float[] dy, float[] dx, int rows) {
        return blocks.sum(
                rows, w.length, w.length, (from, to, sums) -> norms.rmsGradient(x, w, eps, dy, dx, from, to, sums));
    }

    void layer(float[] x, float[] w, float[] b, double eps, float[] y, int rows) {
        blocks.run(rows, w.length, (from, to) -> norms.layer(x, w, b, eps, y, from, to));
    }

    /** Writes the gradient at x; returns those of the weight and the bias, one after the other. */
    float[] layerGradient(float[] x, float[] w, double eps, float[] dy, float[] dx, int rows) {
        return blocks.sum(
                rows,
                w.length,
                2 * w.length,
                (from, to, sums) -> norms.layerGradient(x, w, eps, dy, dx, from, to, sums));
    }
}
