package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Products by the Vector API, on matrices in one array. */
final class VectorMatrices implements Matrices<FlatMatrix> {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;
    /** Lane numbers from 0. */
    private static final FloatVector IOTA = FloatVector.zero(SPECIES).addIndex(1);

    private final FlatMatrix zeros;
    private final FlatMatrix bias;
    private final FlatMatrix start; // rows of one value
    private final FlatMatrix keys; // [D or F, R] keys or errors, transposed
    private final FlatMatrix columns; // [D or F, R] a result, transposed
    private final FlatMatrix panel; // [D or F, QUAD] some rows of weights, transposed

    /** For segments of up to so many rows and matrices of up to n columns. */
    VectorMatrices(int rows, int n) {
        zeros = FlatMatrix.repeated(n);
        bias = FlatMatrix.repeated(1);
        start = FlatMatrix.repeated(rows);
        keys = FlatMatrix.narrow(n, rows);
        columns = FlatMatrix.narrow(n, rows);
        panel = new FlatMatrix(n, FlatMatrix.QUAD);
    }

    @Override
    public FlatMatrix matrix(int rows, int n) {
        return new FlatMatrix(rows, n);
    }

    @Override
    public void read(float[] from, int at, int stride, FlatMatrix to, int first, int rows, int n) {
        copy(from, at, stride, to.array(), to.row(first), to.stride(), rows, n);
    }

    @Override
    public void view(float[] from, int at, int stride, FlatMatrix X, int rows, int n) {
        if (n % FlatMatrix.QUAD == 0) {
            X.attach(from, at, stride);
        } else {
            read(from, at, stride, X, 0, rows, n);
        }
    }

    @Override
    public void write(FlatMatrix from, int first, float[] to, int at, int stride, int rows, int n) {
        copy(from.array(), from.row(first), from.stride(), to, at, stride, rows, n);
    }

    private static void copy(float[] from, int at, int la, float[] to, int first, int lt, int rows, int n) {
        int quads = n - n % FlatMatrix.QUAD;
        for (int j = 0; j < quads; j += FlatMatrix.QUAD) {
            copyQuad(from, at + j, la, to, first + j, lt, rows);
        }
        for (int i = 0; quads < n && i < rows; i++) {
            System.arraycopy(from, at + i * la + quads, to, first + i * lt + quads, n - quads);
        }
    }

    /** Four vectors of each row: a call for every row would take longer than the copy. */
    private static void copyQuad(float[] from, int at, int la, float[] to, int first, int lt, int rows) {
        for (int i = 0; i < rows; i++) {
            FloatVector a = fromArray(SPECIES, from, at);
            FloatVector b = fromArray(SPECIES, from, at + LANES);
            FloatVector c = fromArray(SPECIES, from, at + 2 * LANES);
            FloatVector d = fromArray(SPECIES, from, at + 3 * LANES);
            a.intoArray(to, first);
            b.intoArray(to, first + LANES);
            c.intoArray(to, first + 2 * LANES);
            d.intoArray(to, first + 3 * LANES);
            at += la;
            first += lt;
        }
    }

    @Override
    public void zero(FlatMatrix X, int x, int rows, int n) {
        Arrays.fill(X.array(), X.row(x), X.row(x + rows), 0);
    }

    @Override
    public void attach(FlatMatrix W, float[] values, int at, int rows, int n) {
        W.attach(values, at, InnerShape.padded(n));
    }

    @Override
    public void update(FlatMatrix W, float[] values, int at, int rows, int n) {}

    @Override
    public void release(FlatMatrix W) {
        W.release();
    }

    @Override
    public void affine(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix W, int rows, int depth, int n) {
        bias.attach(W.array(), W.row(depth), 0);
        VectorBlocks.product(Y, y, bias, 0, 0, X, x, W, rows, depth, n);
    }

    @Override
    public void product(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix W, int rows, int depth, int n) {
        VectorBlocks.product(Y, y, zeros, 0, 0, X, x, W, rows, depth, n);
    }

    @Override
    public void add(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix W, int rows, int depth, int n) {
        VectorBlocks.product(Y, y, Y, y, 0, X, x, W, rows, depth, n);
    }

    @Override
    public void productTransposed(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix W, int rows, int depth, int n) {
        if (2 * rows > LANES) {
            VectorTranspose.transpose(keys, 0, 1, X, x, rows, depth);
            VectorBlocks.product(columns, 0, zeros, 0, 0, W, 0, keys, n, depth, rows);
            VectorTranspose.transpose(Y, y, 1, columns, 0, n, rows);
        } else {
            productByPanels(Y, y, X, x, W, rows, depth, n);
        }
    }

    private void productByPanels(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix W, int rows, int depth, int n) {
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            int width = Math.min(FlatMatrix.QUAD, n - j);
            clearTail(panel, depth, width);
            VectorTranspose.transpose(panel, 0, 1, W, j, width, depth);
            VectorBlocks.product(Y, y, zeros, 0, j, X, x, panel, rows, depth, width);
        }
    }

    /** Zeroes what the last vectors of n columns hold beyond them. */
    private static void clearTail(FlatMatrix X, int rows, int n) {
        for (int i = 0; n % LANES != 0 && i < rows; i++) {
            FloatVector.zero(SPECIES).intoArray(X.array(), X.row(i) + n - n % LANES);
        }
    }

    @Override
    public void addOuter(
            FlatMatrix Y, float scale, FlatMatrix X, int x, FlatMatrix E, int e, int depth, int rows, int n) {
        if (scale != 1 && n <= rows) {
            scale(E, e, scale, depth, n);
        } else if (scale != 1) {
            scale(X, x, scale, depth, rows);
        }
        VectorOuterBlocks.add(Y, 0, X, x, 0, E, e, rows, depth, n);
    }

    private static void scale(FlatMatrix X, int x, float c, int rows, int n) {
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            scaleQuad(X.array(), X.row(x) + j, X.stride(), c, rows);
        }
    }

    private static void scaleQuad(float[] x, int at, int stride, float c, int rows) {
        FloatVector factor = FloatVector.broadcast(SPECIES, c);
        for (int t = 0; t < rows; t++) {
            fromArray(SPECIES, x, at).mul(factor).intoArray(x, at);
            fromArray(SPECIES, x, at + LANES).mul(factor).intoArray(x, at + LANES);
            fromArray(SPECIES, x, at + 2 * LANES).mul(factor).intoArray(x, at + 2 * LANES);
            fromArray(SPECIES, x, at + 3 * LANES).mul(factor).intoArray(x, at + 3 * LANES);
            at += stride;
        }
    }

    @Override
    public void lower(FlatMatrix P, float plus, FlatMatrix X, int x, FlatMatrix K, int stored, int rows, int n) {
        int all = stored + rows;
        Arrays.fill(start.array(), 0, all, plus);
        VectorTranspose.transpose(keys, 0, 1, K, 0, all, n);
        VectorBlocks.product(P, 0, start, 0, 0, X, x, keys, rows, n, all);
        clearUpper(P, stored, rows);
    }

    @Override
    public void affineAndLower(
            FlatMatrix Y,
            int y,
            FlatMatrix X,
            int x,
            FlatMatrix W,
            FlatMatrix P,
            float plus,
            FlatMatrix K,
            int stored,
            int rows,
            int depth,
            int n) {
        int all = stored + rows;
        int before = n - FlatMatrix.QUAD;
        if (rows <= VectorFewRows.ROWS
                || !VectorBlocks.MANY_REGISTERS
                || all > LANES
                || keys.stride() != VectorPairBlocks.KEYS_APART
                || before < 0
                || n % FlatMatrix.QUAD != 0) {
            affine(Y, y, X, x, W, rows, depth, n);
            lower(P, plus, X, x, K, stored, rows, depth);
            return;
        }
        bias.attach(W.array(), W.row(depth), 0);
        VectorBlocks.product(Y, y, bias, 0, 0, X, x, W, rows, depth, before);
        VectorTranspose.transpose(keys, 0, 1, K, 0, all, depth);
        VectorPairBlocks.product(Y, y, bias, before, X, x, W, P, plus, keys, rows, depth);
        clearUpper(P, stored, rows);
    }

    /** Sets what lies above the diagonal of a lower product to 0. */
    private static void clearUpper(FlatMatrix P, int stored, int rows) {
        float[] p = P.array();
        int end = (stored + rows + LANES - 1) / LANES * LANES;
        if (end + LANES <= P.stride()) {
            clearBeyond(p, P.row(0), P.stride(), stored + 1, end, rows);
            return;
        }
        for (int t = 0; t < rows; t++) {
            int count = stored + t + 1;
            for (int j = count / LANES * LANES; j < stored + rows; j += LANES) {
                VectorMask<Float> beyond = IOTA.compare(VectorOperators.GE, count - j);
                int at = P.row(t) + j;
                fromArray(SPECIES, p, at).blend(0, beyond).intoArray(p, at);
            }
        }
    }

    /** From column count + t of row t to the end; zeros may run over it: what lies between rows is 0 anyway. */
    private static void clearBeyond(float[] p, int first, int stride, int count, int end, int rows) {
        FloatVector zero = FloatVector.zero(SPECIES);
        for (int t = 0; t < rows; t++) {
            for (int j = count + t; j < end; j += LANES) {
                zero.intoArray(p, first + t * stride + j);
            }
        }
    }

    @Override
    public void addLower(FlatMatrix Y, int y, FlatMatrix P, FlatMatrix E, int stored, int rows, int n) {
        for (int t = 0; t < rows; t += 4) {
            int count = Math.min(4, rows - t);
            VectorBlocks.product(Y, y + t, Y, y + t, 0, P, t, E, count, stored + t + count, n);
        }
    }

    @Override
    public void addLowerTransposed(FlatMatrix Y, FlatMatrix P, FlatMatrix X, int x, int stored, int rows, int n) {
        for (int s = 0; s < stored + rows; s += 4) {
            int from = Math.max(0, s - stored);
            int count = Math.min(4, stored + rows - s);
            VectorOuterBlocks.add(Y, s, P, from, s, X, x + from, count, rows - from, n);
        }
    }

    @Override
    public void transpose(FlatMatrix T, float scale, FlatMatrix W, int rows, int columns) {
        VectorTranspose.transpose(T, 0, scale, W, 0, rows, columns);
    }
}
