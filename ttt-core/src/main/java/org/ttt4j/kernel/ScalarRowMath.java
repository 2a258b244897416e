package org.ttt4j.kernel;

/** Plain Java loops over an array per row. */
final class ScalarRowMath implements RowMath<float[][]> {

    private final Gelu gelu;
    private final float[] out; // a row of the output is built where C2 sees no aliasing

    /** For rows of up to n values. */
    ScalarRowMath(int n) {
        gelu = new Gelu(n);
        out = new float[n];
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
    public void multiplyEach(float[][] Y, float[][] X, float[][] g, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            multiply(Y[t], X[t], g[0], n);
        }
    }

    @Override
    public void addSum(float[][] y, int i, float c, float[][] X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            add(y[i], c, X[x + t], n);
        }
    }

    @Override
    public void addSumOfProducts(float[][] y, float[][] X, float[][] Z, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            addProduct(y[0], X[t], Z[t], n);
        }
    }

    @Override
    public void dots(float[] to, float[][] X, int x, float[][] Y, int y, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            to[t] = Dots.dot(X[x + t], Y[y + t], n);
        }
    }

    @Override
    public void normalise(float[][] Z, float[] s, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            s[t] = Norms.normalise(Z[t], n);
        }
    }

    @Override
    public void project(float[][] C, float[][] xhat, float[] s, float[][] Y, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            Norms.project(C[t], xhat[t], s[t], Y[t], n);
        }
    }

    @Override
    public void innerGradient(InnerHead<float[][]> head, float[][] xhat, float[][] XK, int k, int rows) {
        for (int t = 0; t < rows; t++) {
            Norms.innerGradient(
                    xhat[t],
                    head.s[t],
                    head.XV[t],
                    XK[k + t],
                    head.gamma[0],
                    head.beta[0],
                    head.e[t],
                    head.u[t],
                    head.delta[t],
                    head.size);
        }
    }

    @Override
    public void throughNorm(
            InnerHead<float[][]> head, float[][] h, float[][] et, float[][] xhat, float[][] dZ, int rows) {
        for (int t = 0; t < rows; t++) {
            Norms.throughNorm(
                    h[t], et[t], xhat[t], head.s[t], head.u[t], head.delta[t], head.gamma[0], dZ[t], head.size);
        }
    }

    @Override
    public void output(InnerHead<float[][]> head, float[] to, int at, int stride, int rows) {
        float[] gamma = head.gamma[0];
        float[] beta = head.beta[0];
        for (int t = 0; t < rows; t++) {
            float[] q = head.XQ[t];
            float[] x = head.Zq[t];
            for (int j = 0; j < head.size; j++) {
                out[j] = q[j] + gamma[j] * x[j] + beta[j];
            }
            System.arraycopy(out, 0, to, at + t * stride, head.size);
        }
    }

    @Override
    public void gelu(float[][] Z, float[][] X, int x, float[][] slope, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            gelu.valueAndSlope(Z[t], X[x + t], slope[t], n);
        }
    }

    @Override
    public void curvature(float[][] Z, float[][] Y, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            gelu.curvature(Z[t], Y[t], n);
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
