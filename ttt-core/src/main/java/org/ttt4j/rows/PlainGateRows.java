package org.ttt4j.rows;

/**
 * {@link GateRows} in plain Java, a piece at a time. C2 makes vector code only where all indices are the same, so pieces are
 * copied to scratch.
 */
final class PlainGateRows implements GateRows {

    /** √(2/π). */
    static final float GELU_C0 = 0.7978845608028654f;

    static final float GELU_C1 = 0.044715f;

    /** Beyond, gelu is 0 or its argument; factors of its slope must not overflow there. */
    static final float GELU_LIMIT = 9.5f;

    /** Entries that are done together: they stay in the innermost cache. */
    private static final int PIECE = 512;

    /** A piece of up to three operands, and its sigmoids. */
    private static final class Scratch {
        private final float[] x;
        private final float[] y;
        private final float[] d;
        private final float[] sigma;
        private final float[] tau; // 1 - sigma without cancellation
        private final Exponential exponential;

        Scratch(int from, int to) {
            int n = Math.min(PIECE, to - from);
            x = new float[n];
            y = new float[n];
            d = new float[n];
            sigma = new float[n];
            tau = new float[n];
            exponential = new Exponential(n);
        }

        void load(float[] first, float[] second, int at, int n) {
            System.arraycopy(first, at, x, 0, n);
            System.arraycopy(second, at, y, 0, n);
        }

        void load(float[] first, float[] second, float[] third, int at, int n) {
            load(first, second, at, n);
            System.arraycopy(third, at, d, 0, n);
        }

        /** Sigmoids of minus what stands in sigma. */
        void sigmoids(int n) {
            float[] s = sigma;
            float[] e = tau;
            System.arraycopy(s, 0, e, 0, n);
            exponential.apply(e, n);
            for (int j = 0; j < n; j++) {
                s[j] = 1 / (1 + e[j]);
                e[j] *= s[j];
            }
        }
    }

    @Override
    public void gelu(float[] gate, float[] y, float[] out, int from, int to) {
        Scratch piece = new Scratch(from, to);
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            piece.load(gate, y, at, n);
            geluArguments(piece.x, piece.sigma, n);
            piece.sigmoids(n);
            multiply(piece.x, piece.y, piece.sigma, n);
            System.arraycopy(piece.sigma, 0, out, at, n);
        }
    }

    @Override
    public void geluGradient(float[] gate, float[] y, float[] dOut, float[] dGate, float[] dy, int from, int to) {
        Scratch piece = new Scratch(from, to);
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            piece.load(gate, y, dOut, at, n);
            geluArguments(piece.x, piece.sigma, n);
            piece.sigmoids(n);
            geluBack(piece, n);
            System.arraycopy(piece.y, 0, dGate, at, n);
            System.arraycopy(piece.d, 0, dy, at, n);
        }
    }

    @Override
    public void swish(float[] gate, float[] up, float[] out, int from, int to) {
        Scratch piece = new Scratch(from, to);
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            piece.load(gate, up, at, n);
            negate(piece.x, piece.sigma, n);
            piece.sigmoids(n);
            multiply(piece.x, piece.y, piece.sigma, n);
            System.arraycopy(piece.sigma, 0, out, at, n);
        }
    }

    @Override
    public void swishGradient(float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp, int from, int to) {
        Scratch piece = new Scratch(from, to);
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            piece.load(gate, up, dOut, at, n);
            negate(piece.x, piece.sigma, n);
            piece.sigmoids(n);
            swishBack(piece, n);
            System.arraycopy(piece.y, 0, dGate, at, n);
            System.arraycopy(piece.d, 0, dUp, at, n);
        }
    }

    @Override
    public void silu(float[] x, float[] y, int from, int to) {
        Scratch piece = new Scratch(from, to);
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            System.arraycopy(x, at, piece.x, 0, n);
            negate(piece.x, piece.sigma, n);
            piece.sigmoids(n);
            multiply(piece.x, piece.sigma, n);
            System.arraycopy(piece.sigma, 0, y, at, n);
        }
    }

    @Override
    public void siluGradient(float[] x, float[] dy, float[] dx, int from, int to) {
        Scratch piece = new Scratch(from, to);
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            piece.load(x, dy, at, n);
            negate(piece.x, piece.sigma, n);
            piece.sigmoids(n);
            siluBack(piece, n);
            System.arraycopy(piece.y, 0, dx, at, n);
        }
    }

    /** {@code y = silu'(x) y}. */
    private static void siluBack(Scratch piece, int n) {
        float[] x = piece.x;
        float[] y = piece.y;
        float[] sigma = piece.sigma;
        float[] tau = piece.tau;
        for (int j = 0; j < n; j++) {
            y[j] *= sigma[j] * (1 + x[j] * tau[j]);
        }
    }

    @Override
    public void positive(float[] x, float[] y, int from, int to) {
        Scratch piece = new Scratch(from, to);
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            for (int j = 0; j < n; j++) {
                piece.x[j] = Math.max(x[at + j], 0);
                piece.y[j] = Math.min(x[at + j], 0);
            }
            piece.exponential.apply(piece.y, n);
            for (int j = 0; j < n; j++) {
                y[at + j] = piece.x[j] + piece.y[j];
            }
        }
    }

    @Override
    public void positiveGradient(float[] y, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i++) {
            dx[i] = dy[i] * Math.min(y[i], 1);
        }
    }

    @Override
    public void sigmoid(float scale, float[] x, float[] y, int from, int to) {
        Scratch piece = new Scratch(from, to);
        for (int at = from; at < to; at += PIECE) {
            int n = Math.min(PIECE, to - at);
            System.arraycopy(x, at, piece.x, 0, n);
            negate(piece.x, piece.sigma, n);
            piece.sigmoids(n);
            for (int j = 0; j < n; j++) {
                piece.sigma[j] *= scale;
            }
            System.arraycopy(piece.sigma, 0, y, at, n);
        }
    }

    @Override
    public void sigmoidGradient(float scale, float[] y, float[] dy, float[] dx, int from, int to) {
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = from; i < to; i++) {
            dx[i] = dy[i] * y[i] * (1 - y[i] * inverse);
        }
    }

    private static void negate(float[] x, float[] negated, int n) {
        for (int j = 0; j < n; j++) {
            negated[j] = -x[j];
        }
    }

    /** {@code -2 √(2/π) (x + 0.044715 x³)}. */
    private static void geluArguments(float[] x, float[] negated, int n) {
        for (int j = 0; j < n; j++) {
            float z = x[j];
            negated[j] = -2 * GELU_C0 * z * (1 + GELU_C1 * z * z);
        }
    }

    /** {@code z = x y z}. */
    private static void multiply(float[] x, float[] y, float[] z, int n) {
        for (int j = 0; j < n; j++) {
            z[j] = x[j] * z[j] * y[j];
        }
    }

    /** {@code y = gelu'(x) y d}, {@code d = gelu(x) d}. */
    private static void geluBack(Scratch piece, int n) {
        float[] x = piece.x;
        float[] y = piece.y;
        float[] sigma = piece.sigma;
        float[] tau = piece.tau;
        multiply(piece.d, y, n);
        multiply(x, sigma, piece.d, n);
        for (int j = 0; j < n; j++) {
            float z = Math.max(-GELU_LIMIT, Math.min(GELU_LIMIT, x[j]));
            y[j] *= sigma[j] + z * sigma[j] * tau[j] * (2 * GELU_C0 * (1 + 3 * GELU_C1 * z * z));
        }
    }

    /** {@code y = swish'(x) y d}, {@code d = swish(x) d}. */
    private static void swishBack(Scratch piece, int n) {
        multiply(piece.d, piece.y, n);
        multiply(piece.x, piece.sigma, piece.d, n);
        siluBack(piece, n);
    }

    /** {@code y = x y}. */
    private static void multiply(float[] x, float[] y, int n) {
        for (int j = 0; j < n; j++) {
            y[j] *= x[j];
        }
    }
}
