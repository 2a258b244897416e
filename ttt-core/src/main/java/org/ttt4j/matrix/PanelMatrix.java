package org.ttt4j.matrix;

import java.util.Arrays;
import org.ttt4j.tensor.TttException;

/** The shape of a panel matrix, and a product cut so that what is read twice stays in the innermost cache. */
abstract class PanelMatrix implements Matrix {

    /** Outputs of two of the longest vectors: panels are padded to whole pairs of vectors. */
    private static final int GRAIN = 32;

    /** Inputs that are done at a time when rows are many: as much of a panel as the innermost cache holds. */
    static final int DEPTH = 128;

    /** Up to so many rows, weights that are not float32 are widened in registers. */
    static final int FEW_ROWS = 8;

    private final int outputs;
    private final int inputs;

    PanelMatrix(int outputs, int inputs) {
        if ((long) padded(outputs) * inputs > Integer.MAX_VALUE) {
            throw TttException.mismatch(
                    "weight matrix", "at most " + Integer.MAX_VALUE + " values", outputs + " x " + inputs);
        }
        this.outputs = outputs;
        this.inputs = inputs;
    }

    static int padded(int n) {
        return (n + GRAIN - 1) / GRAIN * GRAIN;
    }

    @Override
    public final int outputs() {
        return outputs;
    }

    @Override
    public final int inputs() {
        return inputs;
    }

    /** Values with padding. */
    final int size() {
        return padded(outputs) * inputs;
    }

    /** Outputs of a panel. */
    final int columns(int panel) {
        return Math.min(PANEL, outputs - panel * PANEL);
    }

    /** Outputs of a panel with padding: values between two inputs. */
    final int width(int panel) {
        return padded(columns(panel));
    }

    /** Where a panel begins. */
    final int offset(int panel) {
        return panel * PANEL * inputs;
    }

    /** Whether a product of so many rows is best done in one go, and not cut along the inputs. */
    abstract boolean wholeDepth(int rows);

    /**
     * {@code Y[t] = I[t] + Σ X[t, i] W[o, i]} over the inputs from {@code first} on, for all columns of a panel; rows of X lie
     * {@link #inputs()} apart, those of Y and I as told.
     */
    abstract void product(
            int panel,
            int first,
            int depth,
            float[] X,
            int x,
            int rows,
            float[] I,
            int i,
            int li,
            float[] Y,
            int y,
            int ly,
            PanelScratch scratch);

    /** {@code Y += X W} for one row and two whole panels, whose columns begin at y1 and y2. */
    abstract void addPair(int one, int other, float[] X, int x, float[] Y, int y1, int y2);

    @Override
    public final void multiplyPair(int pair, float[] x, int at, float[] bias, float[] y, int to) {
        int one = pair;
        int other = pair + pairs();
        begin(one, bias, y, to);
        begin(other, bias, y, to);
        addPair(one, other, x, at, y, to + one * PANEL, to + other * PANEL);
    }

    /** Values of a piece. */
    abstract int pieceValues();

    /** Reads a value of every cache line of n values from two places on. */
    abstract int touch(int one, int other, int n);

    @Override
    public final int pieces() {
        return Math.max(1, PANEL * inputs / pieceValues());
    }

    @Override
    public final int touchPair(int pair, int piece) {
        int first = piece * pieceValues();
        int n = Math.min(pieceValues(), PANEL * inputs - first);
        return touch(offset(pair) + first, offset(pair + pairs()) + first, n);
    }

    private static void begin(int panel, float[] bias, float[] y, int to) {
        int first = panel * PANEL;
        if (bias == null) {
            Arrays.fill(y, to + first, to + first + PANEL, 0);
        } else {
            System.arraycopy(bias, first, y, to + first, PANEL);
        }
    }

    @Override
    public final void multiply(
            int panel, float[] x, int at, int rows, float[] bias, float[] y, int to, PanelScratch scratch) {
        int n = columns(panel);
        int width = width(panel);
        float[] start = scratch.start(bias, panel * PANEL, n);
        if (n == width) {
            multiply(panel, x, at, rows, start, y, to + panel * PANEL, outputs, scratch);
            return;
        }
        float[] tile = scratch.tile(rows * width);
        multiply(panel, x, at, rows, start, tile, 0, width, scratch);
        for (int t = 0; t < rows; t++) {
            System.arraycopy(tile, t * width, y, to + t * outputs + panel * PANEL, n);
        }
    }

    private void multiply(
            int panel, float[] X, int x, int rows, float[] start, float[] Y, int y, int ly, PanelScratch scratch) {
        int depth = wholeDepth(rows) ? inputs : DEPTH;
        product(panel, 0, Math.min(depth, inputs), X, x, rows, start, 0, 0, Y, y, ly, scratch);
        for (int first = depth; first < inputs; first += depth) {
            product(panel, first, Math.min(depth, inputs - first), X, x + first, rows, Y, y, ly, Y, y, ly, scratch);
        }
    }
}
