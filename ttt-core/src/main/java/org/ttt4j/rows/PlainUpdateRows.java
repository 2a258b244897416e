package org.ttt4j.rows;

/** {@link UpdateRows} in plain Java. */
final class PlainUpdateRows implements UpdateRows {

    /** Entries that are summed in float32 before their sum joins the double: few terms for a partial sum. */
    private static final int PIECE = 256;

    @Override
    public void adamW(float[] w, float[] g, float[] m, float[] v, AdamW step, int from, int to) {
        adamW(
                w,
                g,
                m,
                v,
                step.scale(),
                step.beta1(),
                step.rest1(),
                step.beta2(),
                step.rest2(),
                step.rate(),
                step.rootScale(),
                step.epsilon(),
                step.keep(),
                from,
                to);
    }

    private static void adamW(
            float[] w,
            float[] g,
            float[] m,
            float[] v,
            float scale,
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float rate,
            float rootScale,
            float epsilon,
            float keep,
            int from,
            int to) {
        for (int i = from; i < to; i++) {
            float gradient = g[i] * scale;
            float first = beta1 * m[i] + rest1 * gradient;
            float second = beta2 * v[i] + rest2 * gradient * gradient;
            m[i] = first;
            v[i] = second;
            w[i] = keep * w[i] - rate * first / ((float) Math.sqrt(second) * rootScale + epsilon);
        }
    }

    @Override
    public double squaredNorm(float[] x, int from, int to) {
        float[] piece = new float[Math.min(PIECE, to - from)];
        double sum = 0;
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            System.arraycopy(x, at, piece, 0, n);
            sum += PlainSums.dot(piece, piece, n);
        }
        return sum;
    }
}
