package org.ttt4j.host;

import java.util.List;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Projection;

/** Products without the Vector API: by the BLAS that ND4J's backend brings. */
final class BlasProducts implements Products {

    private final BlasMemory memory;
    private final Projections projections;
    private final ProjectionGradients gradients;

    BlasProducts(Workers workers, RowBlocks blocks, Arena arena, HostWeights weights, ColumnSums columnSums) {
        memory = new BlasMemory(blocks, weights::rounded);
        Blas blas = Blas.ofBackend();
        projections = new Projections(workers, arena, memory, blas, weights);
        gradients = new ProjectionGradients(workers, arena, columnSums, memory, blas);
    }

    @Override
    public List<HostArray> forward(Projection p, HostArray x) {
        return projections.forward(p, x);
    }

    @Override
    public HostArray backward(Projection p, HostArray x, List<HostArray> dys, Gradients<HostArray> sums) {
        return gradients.backward(p, x, dys, sums);
    }

    @Override
    public void weightsChanged() {
        memory.weightsChanged();
    }

    @Override
    public void close() {
        memory.close();
    }
}
