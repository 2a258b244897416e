package org.ttt4j.kernel;

/**
 * The streaming definition of the inner loop in double precision, token by token, for one lane: the oracle of this package's
 * tests. Shares no code with the kernels.
 */
final class PrimalTwin {

    final double[] W1;
    final double[] b1;
    final double[] W2;
    final double[] b2;
    double[] G1;
    double[] g1;
    double[] G2;
    double[] g2;
    private final InnerShape shape;
    private final int D;
    private final int F;
    private int place;

    /** A lane at its start; the arrays are copied. */
    PrimalTwin(InnerShape shape, double[] W1, double[] b1, double[] W2, double[] b2) {
        this.shape = shape;
        D = shape.headSize();
        F = shape.innerWidth();
        this.W1 = W1.clone();
        this.b1 = b1.clone();
        this.W2 = W2.clone();
        this.b2 = b2.clone();
        clearSums();
    }

    PrimalTwin copy() {
        PrimalTwin t = new PrimalTwin(shape, W1, b1, W2, b2);
        t.G1 = G1.clone();
        t.g1 = g1.clone();
        t.G2 = G2.clone();
        t.g2 = g2.clone();
        t.place = place;
        return t;
    }

    /** One token; returns its output. */
    double[] step(double[] q, double[] k, double[] v, double ell, double[] gamma, double[] beta, double[] a) {
        learn(k, v, ell, gamma, beta);
        double factor = a[place];
        double[] W1t = minus(W1, factor, G1);
        double[] b1t = minus(b1, factor, g1);
        double[] W2t = minus(W2, factor, G2);
        double[] b2t = minus(b2, factor, g2);
        double[] z = affine(q, W1t, b1t);
        if (shape.kind() == InnerShape.Kind.MLP) {
            z = affine(gelu(z), W2t, b2t);
        }
        double[] x = normalise(z);
        double[] out = new double[D];
        for (int j = 0; j < D; j++) {
            out[j] = q[j] + gamma[j] * x[j] + beta[j];
        }
        if (++place == shape.miniBatch()) {
            place = 0;
            System.arraycopy(W1t, 0, W1, 0, W1.length);
            System.arraycopy(b1t, 0, b1, 0, b1.length);
            System.arraycopy(W2t, 0, W2, 0, W2.length);
            System.arraycopy(b2t, 0, b2, 0, b2.length);
            clearSums();
        }
        return out;
    }

    private void learn(double[] k, double[] v, double ell, double[] gamma, double[] beta) {
        double[] z1 = affine(k, W1, b1);
        if (shape.kind() == InnerShape.Kind.LINEAR) {
            accumulate(G1, g1, ell, k, lossGradient(z1, k, v, gamma, beta));
            return;
        }
        double[] x2 = gelu(z1);
        double[] delta2 = lossGradient(affine(x2, W2, b2), k, v, gamma, beta);
        double[] delta1 = new double[F];
        for (int i = 0; i < F; i++) {
            for (int j = 0; j < D; j++) {
                delta1[i] += delta2[j] * W2[i * D + j];
            }
            delta1[i] *= slope(z1[i]);
        }
        accumulate(G1, g1, ell, k, delta1);
        accumulate(G2, g2, ell, x2, delta2);
    }

    /** Gradient of |LN(z) - (v - k)|^2 / 2 at z. */
    private double[] lossGradient(double[] z, double[] k, double[] v, double[] gamma, double[] beta) {
        double[] x = normalise(z);
        double s = deviation(z);
        double[] u = new double[D];
        double mean = 0;
        double along = 0;
        for (int j = 0; j < D; j++) {
            u[j] = gamma[j] * (gamma[j] * x[j] + beta[j] - (v[j] - k[j]));
            mean += u[j] / D;
            along += u[j] * x[j] / D;
        }
        for (int j = 0; j < D; j++) {
            u[j] = (u[j] - mean - x[j] * along) / s;
        }
        return u;
    }

    private static double mean(double[] z) {
        double sum = 0;
        for (double x : z) {
            sum += x;
        }
        return sum / z.length;
    }

    private static double deviation(double[] z) {
        double mean = mean(z);
        double sum = 0;
        for (double x : z) {
            sum += (x - mean) * (x - mean);
        }
        return Math.sqrt(sum / z.length + 1e-6);
    }

    private static double[] normalise(double[] z) {
        double mean = mean(z);
        double s = deviation(z);
        double[] x = new double[z.length];
        for (int j = 0; j < x.length; j++) {
            x[j] = (z[j] - mean) / s;
        }
        return x;
    }

    private static double[] affine(double[] x, double[] W, double[] b) {
        double[] z = b.clone();
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < z.length; j++) {
                z[j] += x[i] * W[i * z.length + j];
            }
        }
        return z;
    }

    private static void accumulate(double[] G, double[] g, double ell, double[] x, double[] delta) {
        for (int j = 0; j < delta.length; j++) {
            g[j] += ell * delta[j];
            for (int i = 0; i < x.length; i++) {
                G[i * delta.length + j] += ell * x[i] * delta[j];
            }
        }
    }

    private static double[] minus(double[] W, double a, double[] G) {
        double[] y = new double[W.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = W[i] - a * G[i];
        }
        return y;
    }

    private static double tanh(double x) {
        return Math.tanh(0.79788456 * x * (1 + 0.044715 * x * x));
    }

    private static double[] gelu(double[] z) {
        double[] x = new double[z.length];
        for (int i = 0; i < z.length; i++) {
            x[i] = 0.5 * z[i] * (1 + tanh(z[i]));
        }
        return x;
    }

    private static double slope(double x) {
        double t = tanh(x);
        return 0.5 * x * (1 - t * t) * (0.79788456 + 0.1070322243 * x * x) + 0.5 * (1 + t);
    }

    private void clearSums() {
        G1 = new double[W1.length];
        g1 = new double[b1.length];
        G2 = new double[W2.length];
        g2 = new double[b2.length];
    }
}
