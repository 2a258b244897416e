package org.ttt4j.ops;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Memory of one operation for a batch of sequences. Made by {@link Ops#newState}, advanced in place by that executor. */
public interface State {

    /** The two forms in which a state leaves and enters an executor. */
    enum Form {
        /** Everything, exactly: continuing from it gives the same bits. */
        EXACT,
        /**
         * The cache of the authors' PyTorch code: inner weights at the last mini-batch border (*_states) with the running
         * sums of the unfinished one (*_grad), convolution windows [B, C, J].
         */
        CACHE
    }

    /** An independent copy. */
    State copy();

    /** A new state of the given sequences, in that order; a sequence may be named more than once. */
    State select(int... sequences);

    /** Puts one sequence back to the start of a document. */
    void reset(int sequence);

    /** Bytes that it holds, for all sequences. */
    long bytes();

    /** Its tensors, each with the batch as first dimension. */
    Map<String, INDArray> save(Form form);

    /**
     * Takes over what {@link #save} gave, whichever executor or precision saved it.
     *
     * @throws org.ttt4j.tensor.TttException naming a missing or mis-shaped tensor; nothing is changed then
     */
    void restore(Form form, Map<String, INDArray> tensors);
}
