package org.ttt4j.matrix;

import java.util.Arrays;

/** What one thread needs beside a matrix to multiply with it. */
public final class PanelScratch {

    private final float[] start = new float[Matrix.PANEL];
    private float[] tile = {};
    private float[] chunk = {};

    /** One row of n sums' start values: the bias from an index on, or zeros; zeros up to a panel's width. */
    float[] start(float[] bias, int from, int n) {
        if (bias == null) {
            Arrays.fill(start, 0);
        } else {
            System.arraycopy(bias, from, start, 0, n);
            Arrays.fill(start, n, start.length, 0);
        }
        return start;
    }

    /** Room for results whose rows are not whole vectors. */
    float[] tile(int floats) {
        if (tile.length < floats) {
            tile = new float[floats];
        }
        return tile;
    }

    /** Room for a part of a panel, widened to float32. */
    float[] chunk(int floats) {
        if (chunk.length < floats) {
            chunk = new float[floats];
        }
        return chunk;
    }
}
