package org.ttt4j.kernel;

/**
 * Products by a BLAS, off the heap, and plain loops for the rest: where the Vector API is not there.
 *
 * <p>A BLAS may choose another order of sums for another number of rows. So the same tokens cut into other chunks give the
 * same results up to float32 rounding only, where other kernels give the same bits.
 */
final class BlasInnerKernel implements InnerKernel {

    static final String NAME = "blas";

    private final SmallProducts products;

    BlasInnerKernel(SmallProducts products) {
        this.products = products;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean vectorised() {
        return false;
    }

    @Override
    public LinearAttentionBlock linearAttention(LinearAttentionShape shape) {
        return new LinearAttentionBlock.Of<>(shape, matrices(LinearAttentionShape.BLOCK));
    }

    /** For products of up to so many rows. */
    BlasMatrices matrices(int rows) {
        return new BlasMatrices(products, rows);
    }

    @Override
    public InnerLane lane(InnerShape shape) {
        int rows = shape.rowLimit();
        BlasMatrices matrices = matrices(3 * rows);
        return DualLane.of(shape, matrices, new BlockRowMath(matrices, rows, shape.innerWidth(), shape.headSize()));
    }
}
