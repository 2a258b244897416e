package org.ttt4j.host;

import java.util.List;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Projection;

/** Linear maps {@code x Wᵀ + b} of one input, and their gradients. */
interface Products extends AutoCloseable {

    /** Every map of x: [.., out] each. */
    List<HostArray> forward(Projection p, HostArray x);

    /**
     * The gradient at x; adds those of weights and biases.
     *
     * @param dys gradients at the outputs; null for an output that nothing used
     */
    HostArray backward(Projection p, HostArray x, List<HostArray> dys, Gradients<HostArray> gradients);

    /** Weights were changed in place. */
    void weightsChanged();

    @Override
    void close();
}
