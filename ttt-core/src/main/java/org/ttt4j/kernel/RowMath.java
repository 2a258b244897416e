package org.ttt4j.kernel;

/**
 * What a kernel does with rows one by one: scaling and adding, norms, gelu. Letters as in {@link Matrices}; unless said
 * otherwise, row x+t meets row y+t, for t below rows, and a result may be one of the operands. Values per row come in arrays
 * with room for {@link InnerShape#padded} rows.
 */
interface RowMath<M> {

    /** {@code Y = c X}. */
    void scale(M Y, int y, float c, M X, int x, int rows, int n);

    /** {@code Y[y+t] = c[first+t] X[x+t]}. */
    void scale(M Y, int y, float[] c, int first, M X, int x, int rows, int n);

    /** {@code Y += c X}. */
    void add(M Y, int y, float c, M X, int x, int rows, int n);

    /** {@code Y[y+t] += c[first+t] X[x+t]}. */
    void add(M Y, int y, float[] c, int first, M X, int x, int rows, int n);

    /** {@code Y = X Z}, entry by entry. */
    void multiply(M Y, int y, M X, int x, M Z, int z, int rows, int n);

    /** {@code Y += X Z}, entry by entry. */
    void addProduct(M Y, int y, M X, int x, M Z, int z, int rows, int n);

    /** {@code Y[t] = X[t] g}, entry by entry; g is one row. */
    void multiplyEach(M Y, M X, M g, int rows, int n);

    /** {@code y += c sum of X[x+t]}, into row i of y. */
    void addSum(M y, int i, float c, M X, int x, int rows, int n);

    /** {@code y += sum of X[t] Z[t]}, entry by entry; y is one row. */
    void addSumOfProducts(M y, M X, M Z, int rows, int n);

    /** {@code to[t] = X[x+t] . Y[y+t]}. */
    void dots(float[] to, M X, int x, M Y, int y, int rows, int n);

    /** {@code Z[t] = (Z[t] - mean) / s[t]} with s = sqrt(variance + eps), the biased variance. */
    void normalise(M Z, float[] s, int rows, int n);

    /** {@code Y = (C - mean C - xhat mean(C xhat)) / s}, row by row: the Jacobian of the norm, which is symmetric. */
    void project(M C, M xhat, float[] s, M Y, int rows, int n);

    /**
     * The gradient of the inner loss at the inner model's normalised output: {@code e = gamma xhat + beta - (XV - XK)},
     * {@code u = gamma e}, {@code delta = project(u)}, into the head.
     */
    void innerGradient(InnerHead<M> head, M xhat, M XK, int k, int rows);

    /**
     * From h, the gradient at delta, and et, that at e, to the gradient at the output before its norm: through u, xhat and s.
     */
    void throughNorm(InnerHead<M> head, M h, M et, M xhat, M dZ, int rows);

    /** {@code out = XQ + gamma Zq + beta} of the head, the rows of out stride apart. */
    void output(InnerHead<M> head, float[] out, int at, int stride, int rows);

    /** {@code X[x+t] = gelu(Z[t])}, {@code slope[t] = gelu'(Z[t])}. */
    void gelu(M Z, M X, int x, M slope, int rows, int n);

    /** {@code Y[t] = gelu''(Z[t])}. */
    void curvature(M Z, M Y, int rows, int n);
}
