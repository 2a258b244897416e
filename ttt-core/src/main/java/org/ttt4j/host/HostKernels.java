package org.ttt4j.host;

import org.ttt4j.kernel.InnerKernel;
import org.ttt4j.kernel.Workers;

/** What the executor and its gradients compute with. */
record HostKernels(
        Arena arena,
        Products products,
        NormKernels norms,
        GateKernels gates,
        ConvKernels convolutions,
        RopeKernels ropes,
        LossKernels losses,
        TokenKernels tokens,
        HostInnerLoop innerLoop) {

    static HostKernels of(Workers workers, InnerKernel kernel, HostWeights weights) {
        RowBlocks blocks = new RowBlocks(workers);
        Arena arena = new Arena();
        return new HostKernels(
                arena,
                kernel.vectorised()
                        ? new PanelProducts(workers, arena, weights)
                        : new BlasProducts(workers, arena, weights),
                new NormKernels(blocks),
                new GateKernels(blocks),
                new ConvKernels(blocks),
                new RopeKernels(blocks),
                new LossKernels(blocks),
                new TokenKernels(workers),
                new HostInnerLoop(kernel, workers, arena, weights::values));
    }
}
