package org.ttt4j.rows;

/** {@link UpdateRows} in plain Java. */
final class PlainUpdateRows implements UpdateRows {

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
        double even = 0;
        double odd = 0;
        int i = from;
        for (; i + 2 <= to; i += 2) {
            even += (double) x[i] * x[i];
            odd += (double) x[i + 1] * x[i + 1];
        }
        return even + odd + (i < to ? (double) x[i] * x[i] : 0);
    }
}
