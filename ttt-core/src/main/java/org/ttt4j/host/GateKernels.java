package org.ttt4j.host;

import org.ttt4j.rows.GateRows;
import org.ttt4j.rows.LinearRows;

/** Gates and sums of all entries on all threads, and their gradients. Results are written, not added to. */
final class GateKernels {

    private final RowBlocks blocks;
    private final GateRows gates;
    private final LinearRows linear;

    GateKernels(RowBlocks blocks, GateRows gates, LinearRows linear) {
        this.blocks = blocks;
        this.gates = gates;
        this.linear = linear;
    }

    /** {@code out = gelu(gate) ∘ y}. */
    void gelu(float[] gate, float[] y, float[] out) {
        blocks.run(gate.length, 1, (from, to) -> gates.gelu(gate, y, out, from, to));
    }

    void geluGradient(float[] gate, float[] y, float[] dOut, float[] dGate, float[] dy) {
        blocks.run(gate.length, 1, (from, to) -> gates.geluGradient(gate, y, dOut, dGate, dy, from, to));
    }

    /** {@code out = silu(gate) ∘ up}. */
    void swish(float[] gate, float[] up, float[] out) {
        blocks.run(gate.length, 1, (from, to) -> gates.swish(gate, up, out, from, to));
    }

    void swishGradient(float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp) {
        blocks.run(gate.length, 1, (from, to) -> gates.swishGradient(gate, up, dOut, dGate, dUp, from, to));
    }

    /** {@code y = x ∘ σ(x)}. */
    void silu(float[] x, float[] y) {
        blocks.run(x.length, 1, (from, to) -> gates.silu(x, y, from, to));
    }

    void siluGradient(float[] x, float[] dy, float[] dx) {
        blocks.run(x.length, 1, (from, to) -> gates.siluGradient(x, dy, dx, from, to));
    }

    /** {@code y = elu(x) + 1}. */
    void positive(float[] x, float[] y) {
        blocks.run(x.length, 1, (from, to) -> gates.positive(x, y, from, to));
    }

    void positiveGradient(float[] y, float[] dy, float[] dx) {
        blocks.run(y.length, 1, (from, to) -> gates.positiveGradient(y, dy, dx, from, to));
    }

    /** {@code rate = scale σ(logits)}. */
    void sigmoid(float scale, float[] logits, float[] rate) {
        blocks.run(rate.length, 1, (from, to) -> gates.sigmoid(scale, logits, rate, from, to));
    }

    void sigmoidGradient(float scale, float[] rate, float[] dRate, float[] dLogits) {
        blocks.run(rate.length, 1, (from, to) -> gates.sigmoidGradient(scale, rate, dRate, dLogits, from, to));
    }

    void add(float[] x, float[] y, float[] sum) {
        blocks.run(sum.length, 1, (from, to) -> linear.add(x, y, sum, from, to));
    }
}
