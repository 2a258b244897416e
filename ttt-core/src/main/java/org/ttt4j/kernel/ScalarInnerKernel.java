package org.ttt4j.kernel;

/** Plain Java loops, written so that C2 turns the products into vector code. */
final class ScalarInnerKernel implements InnerKernel {

    static final String NAME = "scalar";

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
        return new LinearAttentionBlock.Of<>(shape, new ScalarMatrices());
    }

    @Override
    public InnerLane lane(InnerShape shape) {
        return DualLane.of(shape, new ScalarMatrices(), new ScalarRowMath(shape.innerWidth()));
    }
}
