package org.ttt4j.kernel;

/** Plain Java loops over an array per row. */
final class ScalarRowMath implements RowMath<float[][]> {

    private final Gelu gelu;
    private final float[] row; // values on their way, where C2 sees no aliasing
    private final float[] second;
    private final float[] third;

    /** For rows of up to n values. */
    ScalarRowMath(int n) {
        gelu = new Gelu(n);
        row = new float[n];
        second = new float[n];
        third = new float[n];
    }

    @Override
    public void scale(float[][] Y, int y, float c, float[][] X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            scale(Y[y + t], c, X[x + t], n);
        }
    }

    @Override
    public void scale(float[][] Y, int y, float[] c, int first, float[][] X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            scale(Y[y + t], c[first + t], X[x + t], n);
        }
    }

    @Override
    public void add(float[][] Y, int y, float c, float[][] X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            add(Y[y + t], c, X[x + t], n);
        }
    }

    @Override
    public void add(float[][] Y, int y, float[] c, int first, float[][] X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            add(Y[y + t], c[first + t], X[x + t], n);
        }
    }

    @Override
    public void multiply(float[][] Y, int y, float[][] X, int x, float[][] Z, int z, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            multiply(Y[y + t], X[x + t], Z[z + t], n);
        }
    }

    @Override
    public void addProduct(float[][] Y, int y, float[][] X, int x, float[][] Z, int z, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            addProduct(Y[y + t], X[x + t], Z[z + t], n);
        }
    }

    @Override
    public void addSum(float[][] y, int i, float c, float[][] X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            add(y[i], c, X[x + t], n);
        }
    }

    @Override
    public void dots(float[] to, float[][] X, int x, float[][] Y, int y, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            to[t] = Dots.dot(X[x + t], Y[y + t], n);
        }
    }

    @Override
    public void normalise(float[][] Z, int z, float[] s, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            s[t] = Norms.normalise(Z[z + t], n);
        }
    }

    @Override
    public void innerGradient(InnerHead<float[][]> head, float[][] Z, float[][] XK, float[][] E, int k, int rows) {
        int n = head.size;
        for (int t = 0; t < rows; t++) {
            head.s[t] = Norms.normalise(Z[t], n);
            Norms.scaledError(Z[t], head.XV[t], XK[k + t], head.gamma[0], head.beta[0], head.u[t], n);
            head.alongU[t] = Norms.project(head.u[t], Z[t], head.s[t], head.delta[t], n);
            scale(E[k + t], head.ell[t], head.delta[t], n);
        }
    }

    @Override
    public void innerErrors(InnerHead<float[][]> head, float[][] Z, float[][] XK, float[][] E, int k, int rows) {
        innerGradient(head, Z, XK, E, k, rows);
    }

    @Override
    public void output(
            InnerHead<float[][]> head,
            float[][] Z,
            int z,
            float[][] XQ,
            int q,
            float[] to,
            int at,
            int stride,
            int rows) {
        float[] gamma = head.gamma[0];
        float[] beta = head.beta[0];
        float[] out = row;
        for (int t = 0; t < rows; t++) {
            float[] residual = XQ[q + t];
            float[] x = Z[z + t];
            Norms.normalise(x, head.size);
            for (int j = 0; j < head.size; j++) {
                out[j] = residual[j] + gamma[j] * x[j] + beta[j];
            }
            System.arraycopy(out, 0, to, at + t * stride, head.size);
        }
    }

    @Override
    public void outputGradient(
            InnerHeadGradient<float[][]> to, float[][] dOut, int d, float[][] Z, int z, float[][] R, int r, int rows) {
        int n = to.head.size;
        for (int t = 0; t < rows; t++) {
            addProduct(to.dGamma[0], dOut[d + t], Z[z + t], n);
            add(to.dBeta[0], 1, dOut[d + t], n);
            multiply(row, dOut[d + t], to.head.gamma[0], n);
            Norms.project(row, Z[z + t], to.head.sq[t], R[r + t], n);
        }
    }

    @Override
    public void innerGradientBackward(
            InnerHeadGradient<float[][]> to,
            float[][] Z,
            float[][] XK,
            float[][] dE,
            float[][] dXK,
            int k,
            float[][] dZ,
            int rows) {
        InnerHead<float[][]> head = to.head;
        int n = head.size;
        float[] gamma = head.gamma[0];
        float[] et = second;
        for (int t = 0; t < rows; t++) {
            float[] ut = to.ut[t];
            float[] h = third;
            to.dRate[t] = Dots.dot(dE[k + t], head.delta[t], n);
            scale(h, head.ell[t], dE[k + t], n);
            Norms.project(h, Z[t], head.s[t], ut, n);
            multiply(et, gamma, ut, n);
            Norms.error(Z[t], head.XV[t], XK[k + t], gamma, head.beta[0], row, n);
            addProduct(to.dGamma[0], ut, row, n);
            addProduct(to.dGamma[0], et, Z[t], n);
            add(to.dBeta[0], 1, et, n);
            scale(to.dXV[t], -1, et, n);
            add(dXK[k + t], 1, et, n);
            float alongDelta = head.ell[t] * to.dRate[t];
            Norms.throughNorm(h, et, Z[t], head.s[t], head.u[t], head.alongU[t], alongDelta, gamma, dZ[t], n);
        }
    }

    @Override
    public void gelu(float[][] Z, int z, float[][] X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            gelu.value(Z[z + t], X[x + t], n);
        }
    }

    @Override
    public void gelu(float[][] Z, int z, float[][] X, int x, float[][] slope, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            gelu.valueAndSlope(Z[z + t], X[x + t], slope[t], n);
        }
    }

    @Override
    public void gelu(float[][] Z, int z, float[][] X, int x, float[][] slope, float[][] curvature, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            gelu.valueAndSlope(Z[z + t], X[x + t], slope[t], n);
            gelu.curvature(Z[z + t], curvature[t], n);
        }
    }

    private static void scale(float[] y, float c, float[] x, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = c * x[j];
        }
    }

    private static void add(float[] y, float c, float[] x, int n) {
        for (int j = 0; j < n; j++) {
            y[j] += c * x[j];
        }
    }

    private static void multiply(float[] y, float[] x, float[] z, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = x[j] * z[j];
        }
    }

    private static void addProduct(float[] y, float[] x, float[] z, int n) {
        for (int j = 0; j < n; j++) {
            y[j] += x[j] * z[j];
        }
    }
}
