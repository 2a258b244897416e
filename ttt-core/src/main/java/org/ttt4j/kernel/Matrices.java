package org.ttt4j.kernel;

/**
 * How a kernel keeps matrices of type M, and multiplies them. Y, X, W and so on stand for matrices, the lower-case letter
 * after one for the row of it to begin with; the matrices of one call are distinct. Products never read beyond the rows and
 * columns that are said.
 *
 * <p>Every element of a product is one sum that begins with what it is added to and takes the terms in ascending order,
 * however many rows are asked for at a time: a row's result does not depend on its neighbours, so a sequence gives the same
 * bits however it is cut into chunks.
 */
interface Matrices<M> extends AutoCloseable {

    /** A matrix of zeros. */
    M matrix(int rows, int n);

    /** Reads n values of each row; in the array, rows lie stride apart. */
    void read(float[] from, int at, int stride, M to, int first, int rows, int n);

    /**
     * Makes X stand for rows of n that lie stride apart in an array, for as long as these do not change: the rows themselves or
     * a copy.
     */
    default void view(float[] from, int at, int stride, M X, int rows, int n) {
        read(from, at, stride, X, 0, rows, n);
    }

    /** Writes n values of each row; in the array, rows lie stride apart. */
    void write(M from, int first, float[] to, int at, int stride, int rows, int n);

    void zero(M X, int x, int rows, int n);

    /**
     * Makes W stand for a matrix that lies in an array, its rows {@link InnerShape#padded} apart. A kernel may
     * work on the array itself or on a copy: after changes of W call {@link #update}.
     */
    void attach(M W, float[] values, int at, int rows, int n);

    /** Brings the array that W is attached to up to date. */
    void update(M W, float[] values, int at, int rows, int n);

    /** Ends {@link #attach}; W's values are undefined then. */
    void release(M W);

    /** {@code Y[y+i] = X[x+i] W + b} for i below rows; W has depth rows of n, and b is the row after them. */
    void affine(M Y, int y, M X, int x, M W, int rows, int depth, int n);

    /** {@code Y[y+i] = X[x+i] W} for i below rows; W has depth rows of n. */
    void product(M Y, int y, M X, int x, M W, int rows, int depth, int n);

    /** {@code Y[y+i] += X[x+i] W} for i below rows; W has depth rows of n. */
    void add(M Y, int y, M X, int x, M W, int rows, int depth, int n);

    /** {@code Y[y+i] = X[x+i] W'} for i below rows; W has n rows of depth. */
    void productTransposed(M Y, int y, M X, int x, M W, int rows, int depth, int n);

    /**
     * {@code Y[i] += scale sum over p < depth of X[x+p][i] E[e+p]} for i below rows. X and E are undefined then unless scale
     * is 1.
     */
    void addOuter(M Y, float scale, M X, int x, M E, int e, int depth, int rows, int n);

    /** {@code P[t][s] = plus + X[x+t] . K[s]} over n for s up to stored + t, 0 for the others below stored + rows. */
    void lower(M P, float plus, M X, int x, M K, int stored, int rows, int n);

    /** {@link #affine} with depth rows of n and {@link #lower} over depth, for the same X: one walk through it. */
    void affineAndLower(M Y, int y, M X, int x, M W, M P, float plus, M K, int stored, int rows, int depth, int n);

    /** {@code Y[y+t] += sum over s <= stored + t of P[t][s] E[s]}; above that diagonal P holds zeros. */
    void addLower(M Y, int y, M P, M E, int stored, int rows, int n);

    /**
     * {@code Y[s] += sum over t >= s - stored of P[t][s] X[x+t]} for s below stored + rows; the transpose of
     * {@link #addLower}.
     */
    void addLowerTransposed(M Y, M P, M X, int x, int stored, int rows, int n);

    /** Makes T stand for {@code scale W'} until W changes; W has rows x columns. T is to be the W of a product. */
    void transpose(M T, float scale, M W, int rows, int columns);

    /** Gives back memory off the heap; no matrix is to be used again. */
    @Override
    default void close() {}
}
