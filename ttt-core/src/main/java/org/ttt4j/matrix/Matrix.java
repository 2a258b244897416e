package org.ttt4j.matrix;

/**
 * A weight matrix W [outputs, inputs], kept for products {@code x Wᵀ} with rows of activations. Its outputs are cut into
 * panels of {@value #PANEL}; within a panel, all outputs' weights of one input lie side by side, so that a panel is one
 * linear stream and its outputs are the lanes of vectors.
 *
 * <p>Every output is one sum over the inputs in ascending order, however many rows are multiplied at a time: a row's result
 * does not depend on its neighbours. Safe for any number of threads while it is not packed anew.
 */
public interface Matrix {

    /** Outputs of a panel; the last one of a matrix may have fewer. */
    int PANEL = 64;

    WeightType type();

    int outputs();

    int inputs();

    /** Memory held, in bytes: what a product reads. */
    long bytes();

    default int panels() {
        return (outputs() + PANEL - 1) / PANEL;
    }

    /**
     * Takes a panel's weights over, rounding them to {@link #type()}.
     *
     * @param values the rows of the panel's outputs, from {@code at} on
     */
    void pack(int panel, float[] values, int at);

    /**
     * Takes a panel's weights over that are in blocks as in {@link WeightType#Q8_0}: as they are where this is the type, else
     * widened first.
     *
     * @param q the rows of the panel's outputs
     * @param scales of their blocks
     */
    default void pack(int panel, byte[] q, float[] scales) {
        float[] values = new float[Math.min(PANEL, outputs() - panel * PANEL) * inputs()];
        int blocks = (inputs() + WeightType.BLOCK - 1) / WeightType.BLOCK;
        for (int i = 0; i < values.length; i++) {
            values[i] = q[i] * scales[i / inputs() * blocks + i % inputs() / WeightType.BLOCK];
        }
        pack(panel, values, 0);
    }

    /** Writes all weights of one output, as they were rounded. */
    void read(int output, float[] to, int at);

    /**
     * Writes the weights of all outputs of a panel for inputs {@code first} to {@code first + n - 1}, as they were rounded.
     *
     * @param to row by row, the first one at {@code at}, rows {@code stride} apart
     */
    default void read(int panel, int first, int n, float[] to, int at, int stride) {
        float[] row = new float[inputs()];
        for (int o = panel * PANEL; o < Math.min(outputs(), (panel + 1) * PANEL); o++) {
            read(o, row, 0);
            System.arraycopy(row, first, to, at + (o - panel * PANEL) * stride, n);
        }
    }

    /**
     * {@code y = x Wᵀ + bias} for the outputs of one panel.
     *
     * @param x rows of the inputs' width, the first one at {@code at}
     * @param bias [outputs]; null for none
     * @param y rows of the outputs' width, the first one at {@code to}; the panel's columns are written
     * @param scratch of this thread
     */
    void multiply(int panel, float[] x, int at, int rows, float[] bias, float[] y, int to, PanelScratch scratch);

    /**
     * How many pairs the whole panels make for products with one row: panels 0 and {@code pairs()}, 1 and
     * {@code pairs() + 1}, and so on. Panels from {@code 2 * pairs()} on are in none.
     */
    default int pairs() {
        return outputs() / PANEL / 2;
    }

    /**
     * As {@link #multiply} for one row and both panels of a pair, read side by side. Who does pairs one after the other reads
     * two linear streams.
     */
    void multiplyPair(int pair, float[] x, int at, float[] bias, float[] y, int to);

    /** Bytes of each panel that {@link #touchPair} reads. */
    int PIECE = 1 << 12;

    /** Pieces of a whole panel. */
    int pieces();

    /**
     * Reads a piece of both panels of a pair, side by side, so that it lies near to the core.
     *
     * @return nothing of meaning, lest nothing is read
     */
    int touchPair(int pair, int piece);

    /** A matrix of this type, its weights still to be packed. */
    static Matrix of(WeightType type, int outputs, int inputs) {
        return switch (type) {
            case FLOAT32 -> new FloatPanels(outputs, inputs);
            case BFLOAT16 -> new Bfloat16Panels(outputs, inputs);
            case Q8_0 -> new Q8Panels(outputs, inputs);
        };
    }
}
