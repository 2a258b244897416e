package org.ttt4j.kernel;

/** Java's Vector API on whatever vectors the machine has. To be touched only where {@link VectorApi#available}. */
final class VectorInnerKernel implements InnerKernel {

    static final String NAME = "vector";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean vectorised() {
        return true;
    }

    @Override
    public LinearAttentionBlock linearAttention(LinearAttentionShape shape) {
        int columns = Math.max(shape.columns(), LinearAttentionShape.BLOCK);
        return new LinearAttentionBlock.Of<>(shape, new VectorMatrices(LinearAttentionShape.BLOCK, columns));
    }

    @Override
    public InnerLane lane(InnerShape shape) {
        int rows = shape.rowLimit();
        return DualLane.of(
                shape, new VectorMatrices(rows, shape.innerWidth()), new VectorRowMath(rows, shape.headSize()));
    }
}
