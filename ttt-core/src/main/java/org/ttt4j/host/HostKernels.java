package org.ttt4j.host;

import java.util.function.Function;
import org.ttt4j.kernel.InnerKernel;
import org.ttt4j.kernel.Workers;
import org.ttt4j.param.Param;

/** What the executor and its gradients compute with. */
record HostKernels(
        BlasMemory memory,
        Projections projections,
        ProjectionGradients projectionGradients,
        NormKernels norms,
        GateKernels gates,
        ConvKernels convolutions,
        RopeKernels ropes,
        LossKernels losses,
        TokenKernels tokens,
        HostInnerLoop innerLoop) {

    static HostKernels of(Workers workers, InnerKernel kernel, Function<Param, HostArray> weights) {
        RowBlocks blocks = new RowBlocks(workers);
        BlasMemory memory = new BlasMemory(blocks, weights);
        return new HostKernels(
                memory,
                new Projections(workers, memory, weights),
                new ProjectionGradients(workers, blocks, memory),
                new NormKernels(blocks),
                new GateKernels(blocks),
                new ConvKernels(blocks),
                new RopeKernels(blocks),
                new LossKernels(blocks),
                new TokenKernels(workers),
                new HostInnerLoop(kernel, workers, weights));
    }
}
