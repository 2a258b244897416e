package org.ttt4j.host;

import org.ttt4j.kernel.InnerKernel;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.ProductType;
import org.ttt4j.rows.RowFunctions;
import org.ttt4j.rows.UpdateRows;

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
        HostInnerLoop innerLoop,
        HostAttention attention,
        ScanKernels scans,
        LinearAttentionKernels linearAttention,
        SplitKernels splits,
        UpdateRows updates)
        implements AutoCloseable {

    static HostKernels of(Workers workers, InnerKernel kernel, HostWeights weights, ProductType type) {
        RowBlocks blocks = new RowBlocks(workers);
        Arena arena = new Arena();
        Ahead ahead = new Ahead(workers);
        RowFunctions rows = kernel.vectorised() ? RowFunctions.vector() : RowFunctions.plain();
        ColumnSums columnSums = new ColumnSums(blocks, rows.linear());
        GateKernels gates = new GateKernels(blocks, rows.gates(), rows.linear());
        Products products = kernel.vectorised()
                ? new PanelProducts(workers, arena, weights, columnSums, ahead)
                : new BlasProducts(workers, blocks, arena, weights, columnSums);
        return new HostKernels(
                arena,
                type == ProductType.FLOAT32 ? products : new Bfloat16Products(workers, arena, weights, products),
                new NormKernels(blocks, rows.norms()),
                gates,
                new ConvKernels(blocks, rows.convolutions(), rows.linear(), weights::values),
                new RopeKernels(blocks, arena, rows.linear()),
                new LossKernels(blocks, arena, rows.softmax()),
                new TokenKernels(workers, blocks, arena, rows.linear()),
                new HostInnerLoop(kernel, workers, arena, weights::values, ahead),
                new HostAttention(workers, arena, kernel.vectorised()),
                new ScanKernels(workers, arena, rows.scans(), weights::values),
                new LinearAttentionKernels(kernel, workers, arena, gates),
                new SplitKernels(blocks, arena),
                rows.updates());
    }

    /** Gives back memory off the heap. */
    @Override
    public void close() {
        products.close();
        innerLoop.close();
        linearAttention.close();
    }
}
