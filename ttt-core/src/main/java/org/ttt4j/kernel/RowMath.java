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

    /** {@code y += c sum of X[x+t]}, into row i of y. */
    void addSum(M y, int i, float c, M X, int x, int rows, int n);

    /** {@code to[t] = X[x+t] . Y[y+t]}. */
    void dots(float[] to, M X, int x, M Y, int y, int rows, int n);

    /** {@code Z[z+t] = (Z[z+t] - mean) / s[t]} with s = sqrt(variance + eps), the biased variance. */
    void normalise(M Z, int z, float[] s, int rows, int n);

    /**
     * The gradient of the inner loss at the inner model's outputs Z for the keys: normalises Z to xhat, with s of the head;
     * {@code u = gamma (gamma xhat + beta - (XV - XK))}, delta = {@code (u - mean u - xhat mean(u xhat)) / s}, the mean into
     * alongU, all into the head; {@code E = ell delta}. XK and E begin with row k.
     */
    void innerGradient(InnerHead<M> head, M Z, M XK, M E, int k, int rows);

    /** E of {@link #innerGradient}, the same bits; of the rest nothing but s need be right. */
    void innerErrors(InnerHead<M> head, M Z, M XK, M E, int k, int rows);

    /** {@code out = XQ + gamma norm(Z) + beta} of the head, the rows of out stride apart; Z may change. */
    void output(InnerHead<M> head, M Z, int z, M XQ, int q, float[] out, int at, int stride, int rows);

    /**
     * The backward of {@link #output}, Z normalised with sq of the head: from dOut to the gradients of gamma and beta, added
     * to, and R, the gradient at Z before its norm.
     */
    void outputGradient(InnerHeadGradient<M> to, M dOut, int d, M Z, int z, M R, int r, int rows);

    /**
     * The backward of {@link #innerGradient} for errors {@code E = ell delta}: from dE to the gradients of ell, gamma, beta
     * and XV, and dZ, the gradient at Z before its norm; adds to the gradient at XK. XK, dE and dXK begin with row k.
     */
    void innerGradientBackward(InnerHeadGradient<M> to, M Z, M XK, M dE, M dXK, int k, M dZ, int rows);

    /** {@code X[x+t] = gelu(Z[z+t])}. */
    void gelu(M Z, int z, M X, int x, int rows, int n);

    /** {@code X[x+t] = gelu(Z[z+t])}, {@code slope[t] = gelu'(Z[z+t])}. */
    void gelu(M Z, int z, M X, int x, M slope, int rows, int n);

    /** {@code X[x+t] = gelu(Z[z+t])}, {@code slope[t] = gelu'(Z[z+t])}, {@code curvature[t] = gelu''(Z[z+t])}. */
    void gelu(M Z, int z, M X, int x, M slope, M curvature, int rows, int n);
}
