package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The gradient at a lane's state while a chunk is walked back: at the weights, and at the running sums of the unfinished
 * mini-batch where a segment of the same chunk has folded rows into them. Its arrays are its own.
 */
final class Carry {

    private final List<INDArray> weights;
    private final List<INDArray> sums;

    /** Zero: nothing reads the state after the last token. */
    Carry(List<INDArray> like) {
        weights = like.stream().map(Nd4j::zerosLike).toList();
        sums = like.stream().map(Nd4j::zerosLike).toList();
    }

    /** The gradient at weight i. */
    INDArray weight(int i) {
        return weights.get(i);
    }

    /** The gradient at the running sum of weight i. */
    INDArray sum(int i) {
        return sums.get(i);
    }

    List<INDArray> weights() {
        return weights;
    }
}
