package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Every row of z [n, D] normalised to mean 0 and deviation 1, with the biased variance and ε inside the root.
 *
 * @param xhat the normalised rows (z - mean z) / s, [n, D]
 * @param s their deviations √(mean (z - mean z)² + ε), [n, 1]
 */
public record RowNorm(INDArray xhat, INDArray s) {

    static final double EPSILON = 1e-6;

    /** With the inner loop's ε = 1e-6. */
    static RowNorm of(INDArray z) {
        return of(z, EPSILON);
    }

    /** With an ε of its own. */
    public static RowNorm of(INDArray z, double epsilon) {
        INDArray centred = z.sub(mean(z));
        INDArray s = Transforms.sqrt(mean(centred.mul(centred)).addi(epsilon), false);
        return new RowNorm(centred.divi(s), s);
    }

    /**
     * The Jacobian of x̂ with respect to z, applied to every row of c: (c - mean c - x̂∘mean(c∘x̂)) / s. It is symmetric,
     * so this is the derivative along c and the gradient for the cotangent c alike.
     */
    public INDArray jacobian(INDArray c) {
        return c.sub(mean(c)).subi(xhat.mul(mean(c.mul(xhat)))).divi(s);
    }

    static INDArray mean(INDArray x) {
        return x.mean(true, 1);
    }
}
