package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums along rows: first over every LANES-th column, into one vector a row; then those vectors' lanes, for as many rows at a
 * time as a vector has lanes, so that nothing waits for a row's own chain of additions.
 *
 * <p>Lanes are added in a fixed order, half to half: the API's own reduction leaves the order open, and C2's differs from the
 * interpreter's.
 */
final class VectorSums {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private static final VectorMask<Float> HAS_1 = VectorTranspose.has(1);
    private static final VectorMask<Float> HAS_2 = VectorTranspose.has(2);
    private static final VectorMask<Float> HAS_4 = VectorTranspose.has(4);
    private static final VectorMask<Float> HAS_8 = VectorTranspose.has(8);
    private static final VectorShuffle<Float> BY_1 = VectorTranspose.by(1);
    private static final VectorShuffle<Float> BY_2 = VectorTranspose.by(2);
    private static final VectorShuffle<Float> BY_4 = VectorTranspose.by(4);
    private static final VectorShuffle<Float> BY_8 = VectorTranspose.by(8);

    private static final float[] ZEROS = new float[LANES];

    private VectorSums() {}

    /** Lanes of so many rows. */
    static float[] lanes(int rows) {
        return new float[InnerShape.padded(rows) * LANES];
    }

    /** What a pass over columns from j on adds to: the lanes, but for the first pass a vector of zeros. */
    static float[] before(int j, float[] lanes) {
        return j == 0 ? ZEROS : lanes;
    }

    /** Floats from a row's lanes to the next in {@link #before}. */
    static int step(int j) {
        return j == 0 ? 0 : LANES;
    }

    /** {@code lanes[t] = X[x+t]} over n, LANES sums each. */
    static void sums(FlatMatrix X, int x, int rows, int n, float[] lanes) {
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            addSums(X, x, j, rows, lanes);
        }
    }

    private static void addSums(FlatMatrix X, int x, int j, int rows, float[] lanes) {
        float[] from = X.array();
        float[] before = before(j, lanes);
        int step = step(j);
        int at = X.row(x) + j;
        int stride = X.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector ab = fromArray(SPECIES, from, at).add(fromArray(SPECIES, from, at + LANES));
            FloatVector cd = fromArray(SPECIES, from, at + 2 * LANES).add(fromArray(SPECIES, from, at + 3 * LANES));
            fromArray(SPECIES, before, t * step).add(ab.add(cd)).intoArray(lanes, t * LANES);
            at += stride;
        }
    }

    /** {@code lanes[t] = X[x+t] . Y[y+t]} over n, LANES sums each. */
    static void dots(FlatMatrix X, int x, FlatMatrix Y, int y, int rows, int n, float[] lanes) {
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            addDots(X, x, Y, y, j, rows, lanes);
        }
    }

    private static void addDots(FlatMatrix X, int x, FlatMatrix Y, int y, int j, int rows, float[] lanes) {
        float[] a = X.array();
        float[] b = Y.array();
        float[] before = before(j, lanes);
        int step = step(j);
        for (int t = 0; t < rows; t++) {
            int at = X.row(x + t) + j;
            int bt = Y.row(y + t) + j;
            FloatVector sum =
                    fromArray(SPECIES, a, at).fma(fromArray(SPECIES, b, bt), fromArray(SPECIES, before, t * step));
            sum = fromArray(SPECIES, a, at + LANES).fma(fromArray(SPECIES, b, bt + LANES), sum);
            sum = fromArray(SPECIES, a, at + 2 * LANES).fma(fromArray(SPECIES, b, bt + 2 * LANES), sum);
            sum = fromArray(SPECIES, a, at + 3 * LANES).fma(fromArray(SPECIES, b, bt + 3 * LANES), sum);
            sum.intoArray(lanes, t * LANES);
        }
    }

    /** {@link #sums} of X and {@link #dots} of X and Y at once. */
    static void sumsAndDots(FlatMatrix X, int x, FlatMatrix Y, int y, int rows, int n, float[] sums, float[] dots) {
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            addSumsAndDots(X, x, Y, y, j, rows, sums, dots);
        }
    }

    private static void addSumsAndDots(
            FlatMatrix X, int x, FlatMatrix Y, int y, int j, int rows, float[] sums, float[] dots) {
        float[] from = X.array();
        float[] along = Y.array();
        float[] sumsBefore = before(j, sums);
        float[] dotsBefore = before(j, dots);
        int step = step(j);
        for (int t = 0; t < rows; t++) {
            int xt = X.row(x + t) + j;
            int yt = Y.row(y + t) + j;
            FloatVector a = fromArray(SPECIES, from, xt);
            FloatVector b = fromArray(SPECIES, from, xt + LANES);
            FloatVector c = fromArray(SPECIES, from, xt + 2 * LANES);
            FloatVector d = fromArray(SPECIES, from, xt + 3 * LANES);
            FloatVector sum = fromArray(SPECIES, sumsBefore, t * step);
            sum.add(a.add(b).add(c.add(d))).intoArray(sums, t * LANES);
            FloatVector dot = a.fma(fromArray(SPECIES, along, yt), fromArray(SPECIES, dotsBefore, t * step));
            dot = b.fma(fromArray(SPECIES, along, yt + LANES), dot);
            dot = c.fma(fromArray(SPECIES, along, yt + 2 * LANES), dot);
            dot = d.fma(fromArray(SPECIES, along, yt + 3 * LANES), dot);
            dot.intoArray(dots, t * LANES);
        }
    }

    /**
     * {@code to[first+t] = } the sum of lanes[t], which change. Writes whole vectors. Of sixteen rows those whose numbers
     * differ by 8 share a vector first, then by 4, 2, 1: each lane ends with the row of its number.
     *
     * <p>Too long for C2 to inline, which is meant: a caller of several would outgrow what it compiles well.
     */
    static void totals(float[] to, int first, float[] lanes, int rows) {
        if (LANES != 16) {
            shorterTotals(to, first, lanes, rows);
            return;
        }
        for (int t = 0; t < rows; t += 16) {
            int at = t * 16;
            for (int i = at; i < at + 64; i += 16) {
                FloatVector a = fromArray(SPECIES, lanes, i);
                FloatVector b = fromArray(SPECIES, lanes, i + 128);
                FloatVector c = fromArray(SPECIES, lanes, i + 64);
                FloatVector d = fromArray(SPECIES, lanes, i + 192);
                FloatVector ab = a.blend(b, HAS_8).add(b.blend(a, HAS_8).rearrange(BY_8));
                FloatVector cd = c.blend(d, HAS_8).add(d.blend(c, HAS_8).rearrange(BY_8));
                ab.blend(cd, HAS_4).add(cd.blend(ab, HAS_4).rearrange(BY_4)).intoArray(lanes, i);
            }
            FloatVector a = fromArray(SPECIES, lanes, at);
            FloatVector b = fromArray(SPECIES, lanes, at + 32);
            FloatVector c = fromArray(SPECIES, lanes, at + 16);
            FloatVector d = fromArray(SPECIES, lanes, at + 48);
            FloatVector ab = a.blend(b, HAS_2).add(b.blend(a, HAS_2).rearrange(BY_2));
            FloatVector cd = c.blend(d, HAS_2).add(d.blend(c, HAS_2).rearrange(BY_2));
            ab.blend(cd, HAS_1).add(cd.blend(ab, HAS_1).rearrange(BY_1)).intoArray(to, first + t);
        }
    }

    private static void shorterTotals(float[] to, int first, float[] lanes, int rows) {
        if (LANES == 8) {
            byEight(to, first, lanes, rows);
            return;
        }
        for (int t = 0; t < rows; t++) {
            float sum = 0;
            for (int l = 0; l < LANES; l++) {
                sum += lanes[t * LANES + l];
            }
            to[first + t] = sum;
        }
    }

    /** Eight rows at a time, beginning with those that differ by 4. */
    private static void byEight(float[] to, int first, float[] lanes, int rows) {
        for (int t = 0; t < rows; t += 8) {
            int at = t * 8;
            for (int i = at; i < at + 16; i += 8) {
                FloatVector a = fromArray(SPECIES, lanes, i);
                FloatVector b = fromArray(SPECIES, lanes, i + 32);
                FloatVector c = fromArray(SPECIES, lanes, i + 16);
                FloatVector d = fromArray(SPECIES, lanes, i + 48);
                FloatVector ab = a.blend(b, HAS_4).add(b.blend(a, HAS_4).rearrange(BY_4));
                FloatVector cd = c.blend(d, HAS_4).add(d.blend(c, HAS_4).rearrange(BY_4));
                ab.blend(cd, HAS_2).add(cd.blend(ab, HAS_2).rearrange(BY_2)).intoArray(lanes, i);
            }
            FloatVector a = fromArray(SPECIES, lanes, at);
            FloatVector b = fromArray(SPECIES, lanes, at + 8);
            a.blend(b, HAS_1).add(b.blend(a, HAS_1).rearrange(BY_1)).intoArray(to, first + t);
        }
    }
}
