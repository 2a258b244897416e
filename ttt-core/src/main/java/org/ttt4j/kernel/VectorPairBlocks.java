package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two products at once with the same X, {@code Y[y+t] = I + sum over p of X[x+t][p] W[p]} for a quad of columns and
 * {@code P[t] = plus + sum over p of X[x+t][p] K[p]} for a single vector: alone, the second would wait for values of X.
 */
final class VectorPairBlocks {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    /**
     * Floats from a row of K to the next: a constant, because with one more variable in the innermost loop some starts of a JVM
     * kept sums in memory, which took twice the time.
     */
    static final int KEYS_APART = 16;

    private VectorPairBlocks() {}

    /**
     * For t below rows; W and K have depth rows, those of K {@link #KEYS_APART} apart.
     *
     * @param I one row repeated
     * @param j the first of the columns of Y, I and W
     */
    static void product(
            FlatMatrix Y,
            int y,
            FlatMatrix I,
            int j,
            FlatMatrix X,
            int x,
            FlatMatrix W,
            FlatMatrix P,
            float plus,
            FlatMatrix K,
            int rows,
            int depth) {
        for (int t = 0; t < rows; t += 4) {
            fourByFive(Y, y + t, I, j, X, x + t, W, P, t, plus, K, rows - t, depth);
        }
    }

    /** Of a smaller rest the last row is computed several times over. */
    private static void fourByFive(
            FlatMatrix Y,
            int yr,
            FlatMatrix I,
            int j,
            FlatMatrix X,
            int xr,
            FlatMatrix W,
            FlatMatrix P,
            int pr,
            float plus,
            FlatMatrix K,
            int rows,
            int depth) {
        float[] i = I.array();
        int i0 = I.row(0) + j;
        FloatVector a0 = fromArray(SPECIES, i, i0);
        FloatVector a1 = fromArray(SPECIES, i, i0 + LANES);
        FloatVector a2 = fromArray(SPECIES, i, i0 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, i, i0 + 3 * LANES);
        FloatVector a4 = broadcast(SPECIES, plus);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector b4 = a4;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector c2 = a2;
        FloatVector c3 = a3;
        FloatVector c4 = a4;
        FloatVector d0 = a0;
        FloatVector d1 = a1;
        FloatVector d2 = a2;
        FloatVector d3 = a3;
        FloatVector d4 = a4;
        float[] x = X.array();
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = Math.min(3, rows - 1);
        int x0 = X.row(xr);
        int x1 = X.row(xr + r1);
        int x2 = X.row(xr + r2);
        int x3 = X.row(xr + r3);
        float[] wide = W.array();
        int w = W.row(0) + j;
        int lw = W.stride();
        float[] key = K.array();
        int k = K.row(0);
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = fromArray(SPECIES, wide, w);
            FloatVector w1 = fromArray(SPECIES, wide, w + LANES);
            FloatVector w2 = fromArray(SPECIES, wide, w + 2 * LANES);
            FloatVector w3 = fromArray(SPECIES, wide, w + 3 * LANES);
            FloatVector w4 = fromArray(SPECIES, key, k + p * KEYS_APART);
            FloatVector s = broadcast(SPECIES, x[x0 + p]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            a2 = s.fma(w2, a2);
            a3 = s.fma(w3, a3);
            a4 = s.fma(w4, a4);
            s = broadcast(SPECIES, x[x1 + p]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            b2 = s.fma(w2, b2);
            b3 = s.fma(w3, b3);
            b4 = s.fma(w4, b4);
            s = broadcast(SPECIES, x[x2 + p]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            c2 = s.fma(w2, c2);
            c3 = s.fma(w3, c3);
            c4 = s.fma(w4, c4);
            s = broadcast(SPECIES, x[x3 + p]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
            d2 = s.fma(w2, d2);
            d3 = s.fma(w3, d3);
            d4 = s.fma(w4, d4);
            w += lw;
        }
        float[] y = Y.array();
        float[] p = P.array();
        int y0 = Y.row(yr) + j;
        a0.intoArray(y, y0);
        a1.intoArray(y, y0 + LANES);
        a2.intoArray(y, y0 + 2 * LANES);
        a3.intoArray(y, y0 + 3 * LANES);
        a4.intoArray(p, P.row(pr));
        int y1 = Y.row(yr + r1) + j;
        b0.intoArray(y, y1);
        b1.intoArray(y, y1 + LANES);
        b2.intoArray(y, y1 + 2 * LANES);
        b3.intoArray(y, y1 + 3 * LANES);
        b4.intoArray(p, P.row(pr + r1));
        int y2 = Y.row(yr + r2) + j;
        c0.intoArray(y, y2);
        c1.intoArray(y, y2 + LANES);
        c2.intoArray(y, y2 + 2 * LANES);
        c3.intoArray(y, y2 + 3 * LANES);
        c4.intoArray(p, P.row(pr + r2));
        int y3 = Y.row(yr + r3) + j;
        d0.intoArray(y, y3);
        d1.intoArray(y, y3 + LANES);
        d2.intoArray(y, y3 + 2 * LANES);
        d3.intoArray(y, y3 + 3 * LANES);
        d4.intoArray(p, P.row(pr + r3));
    }
}
