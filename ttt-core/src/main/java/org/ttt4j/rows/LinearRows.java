package org.ttt4j.rows;

/** Sums and rotations. Results of {@link #add} and {@link #turn} may lie where an operand lies. */
public interface LinearRows {

    /** {@code sum = x + y} for entries {@code from} to {@code to - 1}. */
    void add(float[] x, float[] y, float[] sum, int from, int to);

    /** {@code y += x} for n entries. */
    void addTo(float[] x, int xAt, float[] y, int yAt, int n);

    /** Adds rows {@code from} to {@code to - 1}, as wide as the sums, to the sums, in order. */
    void columnSums(float[] x, int from, int to, float[] sums);

    /**
     * Turns the pairs of channels (2i, 2i+1) of every head of one row: {@code (a cos - b sin, a sin + b cos)}.
     *
     * @param cos at {@code tableAt}, of one head, every value twice
     * @param sin at {@code tableAt}, of one head, every value twice, first with a minus
     * @param direction 1, or -1 to turn back
     * @param headSize even
     */
    void turn(
            float[] cos,
            float[] sin,
            int tableAt,
            float direction,
            float[] x,
            float[] y,
            int at,
            int heads,
            int headSize);

    /**
     * Turns the pairs of channels (i, i + D/2) of every head of one row: {@code (a cos - b sin, b cos + a sin)}.
     *
     * @param cos at {@code tableAt}, of one head, [D/2]
     * @param sin at {@code tableAt}, of one head, [D/2]
     * @param direction 1, or -1 to turn back
     * @param headSize even
     */
    void turnHalves(
            float[] cos,
            float[] sin,
            int tableAt,
            float direction,
            float[] x,
            float[] y,
            int at,
            int heads,
            int headSize);
}
