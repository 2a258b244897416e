package org.ttt4j.kernel;

/** Row functions as plain {@link Blocks}; what belongs to a row is spread over it first. */
final class BlockRowMath implements RowMath<TwofoldMatrix> {

    private final BlasMatrices matrices;
    private final BlockNorms norms;
    private final Gelu gelu;
    private final float[] one; // rows brought to the front of an array
    private final float[] two;
    private final float[] three;
    private final float[] spread;

    /** For up to so many rows of up to n values, those of a head being shorter. */
    BlockRowMath(BlasMatrices matrices, int rows, int n, int headSize) {
        this.matrices = matrices;
        norms = new BlockNorms(matrices, rows, headSize);
        int all = rows * InnerShape.padded(n);
        gelu = new Gelu(all);
        one = new float[all];
        two = new float[all];
        three = new float[all];
        spread = new float[all];
    }

    /** Rows at the front of an array: their own, or the one given. */
    static float[] front(TwofoldMatrix X, int x, int rows, float[] room) {
        float[] from = X.read(x, rows);
        if (x == 0) {
            return from;
        }
        System.arraycopy(from, x * X.stride(), room, 0, rows * X.stride());
        return room;
    }

    /** An array whose front {@link #put} will make rows y of Y: their own where they begin it. */
    static float[] target(TwofoldMatrix Y, int y, int rows, float[] room) {
        return y == 0 ? Y.write(0, rows) : room;
    }

    static void put(float[] values, TwofoldMatrix Y, int y, int rows) {
        if (y != 0) {
            System.arraycopy(values, 0, Y.write(y, rows), y * Y.stride(), rows * Y.stride());
        }
    }

    @Override
    public void scale(TwofoldMatrix Y, int y, float c, TwofoldMatrix X, int x, int rows, int n) {
        float[] from = front(X, x, rows, one);
        float[] to = target(Y, y, rows, two);
        Blocks.scale(to, c, from, rows * Y.stride());
        put(to, Y, y, rows);
    }

    @Override
    public void scale(TwofoldMatrix Y, int y, float[] c, int first, TwofoldMatrix X, int x, int rows, int n) {
        Blocks.spread(c, first, spread, rows, Y.stride());
        float[] from = front(X, x, rows, one);
        float[] to = target(Y, y, rows, two);
        Blocks.multiply(to, from, spread, rows * Y.stride());
        put(to, Y, y, rows);
    }

    @Override
    public void add(TwofoldMatrix Y, int y, float c, TwofoldMatrix X, int x, int rows, int n) {
        float[] from = front(X, x, rows, one);
        float[] to = front(Y, y, rows, two);
        if (y == 0) {
            Y.change(0, rows);
        }
        Blocks.add(to, c, from, rows * Y.stride());
        put(to, Y, y, rows);
    }

    @Override
    public void add(TwofoldMatrix Y, int y, float[] c, int first, TwofoldMatrix X, int x, int rows, int n) {
        Blocks.spread(c, first, spread, rows, Y.stride());
        addProduct(Y, y, front(X, x, rows, one), spread, rows);
    }

    private void addProduct(TwofoldMatrix Y, int y, float[] x, float[] z, int rows) {
        float[] to = front(Y, y, rows, three);
        if (y == 0) {
            Y.change(0, rows);
        }
        Blocks.addProduct(to, x, z, rows * Y.stride());
        put(to, Y, y, rows);
    }

    @Override
    public void multiply(TwofoldMatrix Y, int y, TwofoldMatrix X, int x, TwofoldMatrix Z, int z, int rows, int n) {
        float[] a = front(X, x, rows, one);
        float[] b = front(Z, z, rows, two);
        float[] to = target(Y, y, rows, three);
        Blocks.multiply(to, a, b, rows * Y.stride());
        put(to, Y, y, rows);
    }

    @Override
    public void addProduct(TwofoldMatrix Y, int y, TwofoldMatrix X, int x, TwofoldMatrix Z, int z, int rows, int n) {
        addProduct(Y, y, front(X, x, rows, one), front(Z, z, rows, two), rows);
    }

    @Override
    public void addSum(TwofoldMatrix y, int i, float c, TwofoldMatrix X, int x, int rows, int n) {
        matrices.addSum(y, i, c, X, x, rows, n);
    }

    @Override
    public void dots(float[] to, TwofoldMatrix X, int x, TwofoldMatrix Y, int y, int rows, int n) {
        float[] a = X.read(x, rows);
        float[] b = Y.read(y, rows);
        for (int t = 0; t < rows; t++) {
            to[t] = Blocks.dot(a, (x + t) * X.stride(), b, (y + t) * Y.stride(), n);
        }
    }

    @Override
    public void normalise(TwofoldMatrix Z, int z, float[] s, int rows, int n) {
        float[] to = front(Z, z, rows, one);
        if (z == 0) {
            Z.change(0, rows);
        }
        norms.normalise(to, s, rows);
        put(to, Z, z, rows);
    }

    @Override
    public void innerGradient(
            InnerHead<TwofoldMatrix> head, TwofoldMatrix Z, TwofoldMatrix XK, TwofoldMatrix E, int k, int rows) {
        float[] u = head.u.write(0, rows);
        errors(head, Z, XK, E, k, rows, u);
        norms.delta(head, Z.read(0, rows), u, rows);
    }

    @Override
    public void innerErrors(
            InnerHead<TwofoldMatrix> head, TwofoldMatrix Z, TwofoldMatrix XK, TwofoldMatrix E, int k, int rows) {
        errors(head, Z, XK, E, k, rows, three);
    }

    private void errors(
            InnerHead<TwofoldMatrix> head,
            TwofoldMatrix Z,
            TwofoldMatrix XK,
            TwofoldMatrix E,
            int k,
            int rows,
            float[] u) {
        float[] to = target(E, k, rows, two);
        norms.errors(head, Z.change(0, rows), front(XK, k, rows, one), u, to, rows);
        put(to, E, k, rows);
    }

    @Override
    public void output(
            InnerHead<TwofoldMatrix> head,
            TwofoldMatrix Z,
            int z,
            TwofoldMatrix XQ,
            int q,
            float[] out,
            int at,
            int stride,
            int rows) {
        float[] x = front(Z, z, rows, one);
        if (z == 0) {
            Z.change(0, rows);
        }
        norms.output(head, x, front(XQ, q, rows, two), three, rows);
        for (int t = 0; t < rows; t++) {
            System.arraycopy(three, t * Z.stride(), out, at + t * stride, head.size);
        }
    }

    @Override
    public void outputGradient(
            InnerHeadGradient<TwofoldMatrix> to,
            TwofoldMatrix dOut,
            int d,
            TwofoldMatrix Z,
            int z,
            TwofoldMatrix R,
            int r,
            int rows) {
        matrices.addSum(to.dBeta, 0, 1, dOut, d, rows, to.head.size);
        float[] y = target(R, r, rows, three);
        norms.outputGradient(to, front(dOut, d, rows, one), front(Z, z, rows, two), y, rows);
        put(y, R, r, rows);
    }

    @Override
    public void innerGradientBackward(
            InnerHeadGradient<TwofoldMatrix> to,
            TwofoldMatrix Z,
            TwofoldMatrix XK,
            TwofoldMatrix dE,
            TwofoldMatrix dXK,
            int k,
            TwofoldMatrix dZ,
            int rows) {
        dots(to.dRate, dE, k, to.head.delta, 0, rows, to.head.size);
        norms.innerGradientBackward(
                to, Z.read(0, rows), front(XK, k, rows, one), front(dE, k, rows, two), dZ.write(0, rows), rows);
        add(dXK, k, -1, to.dXV, 0, rows, to.head.size);
    }

    @Override
    public void gelu(TwofoldMatrix Z, int z, TwofoldMatrix X, int x, int rows, int n) {
        float[] to = target(X, x, rows, two);
        gelu.value(front(Z, z, rows, one), to, rows * Z.stride());
        put(to, X, x, rows);
    }

    @Override
    public void gelu(TwofoldMatrix Z, int z, TwofoldMatrix X, int x, TwofoldMatrix slope, int rows, int n) {
        float[] to = target(X, x, rows, two);
        gelu.valueAndSlope(front(Z, z, rows, one), to, slope.write(0, rows), rows * Z.stride());
        put(to, X, x, rows);
    }

    @Override
    public void gelu(
            TwofoldMatrix Z,
            int z,
            TwofoldMatrix X,
            int x,
            TwofoldMatrix slope,
            TwofoldMatrix curvature,
            int rows,
            int n) {
        gelu(Z, z, X, x, slope, rows, n);
        gelu.curvature(front(Z, z, rows, one), curvature.write(0, rows), rows * Z.stride());
    }
}
