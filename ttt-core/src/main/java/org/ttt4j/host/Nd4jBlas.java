package org.ttt4j.host;

import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;

/** BLAS by ND4J's operations, whatever the backend. */
final class Nd4jBlas implements Blas {

    @Override
    public void multiply(BlasMatrix a, boolean turnA, BlasMatrix b, boolean turnB, boolean add, BlasMatrix result) {
        MMulTranspose turns = MMulTranspose.builder()
                .transposeA(turnA)
                .transposeB(turnB)
                .transposeResult(false)
                .build();
        Nd4j.exec(new Mmul(array(a), array(b), array(result), 1, add ? 1 : 0, turns));
    }

    private static INDArray array(BlasMatrix m) {
        return m.memory().array(m.at(), m.rows(), m.columns());
    }
}
