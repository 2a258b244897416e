package org.ttt4j.reference;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Rope;
import org.ttt4j.tensor.Tensors;

/** The rotary embedding: pairs (a, b) become (a cos φ - b sin φ, a sin φ + b cos φ). */
final class Rotation {

    private Rotation() {}

    /**
     * @param x [B, L, C]
     * @param sign 1 forwards; -1 turns back, which is the gradient
     */
    static INDArray of(Rope rope, Chunk chunk, INDArray x, int sign) {
        long L = x.size(1);
        int pairs = rope.headSize() / 2;
        double[] cos = new double[(int) (x.length() / 2)];
        double[] sin = new double[cos.length];
        for (int i = 0; i < cos.length; i++) {
            int pair = i % pairs;
            int token = i / (pairs * rope.heads());
            int b = (int) (token / L);
            long p = (chunk.position(b) + token % L) % rope.period();
            double phi = p * Math.pow(rope.theta(), -2.0 * pair / rope.headSize());
            cos[i] = Math.cos(phi);
            sin[i] = sign * Math.sin(phi);
        }
        INDArray c = RowMath.cast(cos, x.dataType(), cos.length, 1);
        INDArray s = RowMath.cast(sin, x.dataType(), sin.length, 1);
        INDArray dense = rope.pairs() == Rope.Pairs.HALVES ? turned(x, 2, pairs) : x.dup('c');
        dense = dense.reshape('c', cos.length, 2);
        INDArray a = Tensors.columns(dense, 0, 1).dup('c');
        INDArray b = Tensors.columns(dense, 1, 2).dup('c');
        INDArray turned = Nd4j.concat(1, a.mul(c).subi(b.mul(s)), a.muli(s).addi(b.muli(c)));
        return (rope.pairs() == Rope.Pairs.HALVES ? turned(turned, pairs, 2) : turned.dup('c')).reshape('c', x.shape());
    }

    /** Every matrix [rows, columns] in x transposed. */
    private static INDArray turned(INDArray x, long rows, long columns) {
        return x.dup('c')
                .reshape('c', x.length() / (rows * columns), rows, columns)
                .permute(0, 2, 1)
                .dup('c');
    }
}
