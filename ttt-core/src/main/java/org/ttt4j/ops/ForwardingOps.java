package org.ttt4j.ops;

import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.param.Param;

/**
 * Hands every operation on. A decorator extends it and overrides what it wants to see.
 *
 * @param <A> the array type of the operations below
 */
public abstract class ForwardingOps<A> implements Ops<A> {

    private final Ops<A> ops;

    protected ForwardingOps(Ops<A> ops) {
        this.ops = ops;
    }

    @Override
    public DataType dataType() {
        return ops.dataType();
    }

    @Override
    public A in(INDArray x) {
        return ops.in(x);
    }

    @Override
    public INDArray out(A x) {
        return ops.out(x);
    }

    @Override
    public INDArray value(Param p) {
        return ops.value(p);
    }

    @Override
    public State newState(StateSpec spec, int batch) {
        return ops.newState(spec, batch);
    }

    @Override
    public <R> R scope(Supplier<R> body) {
        return ops.scope(body);
    }

    @Override
    public A embed(Param table, int[][] ids) {
        return ops.embed(table, ids);
    }

    @Override
    public List<A> project(Projection p, A x) {
        return ops.project(p, x);
    }

    @Override
    public A rmsNorm(Param weight, double eps, A x) {
        return ops.rmsNorm(weight, eps, x);
    }

    @Override
    public A layerNorm(Param weight, Param bias, double eps, A x) {
        return ops.layerNorm(weight, bias, eps, x);
    }

    @Override
    public List<A> causalConv(Conv conv, A x, Chunk chunk) {
        return ops.causalConv(conv, x, chunk);
    }

    @Override
    public A rope(Rope rope, A x, Chunk chunk) {
        return ops.rope(rope, x, chunk);
    }

    @Override
    public A innerRate(double scale, A logits) {
        return ops.innerRate(scale, logits);
    }

    @Override
    public A innerLoop(InnerSpec inner, A q, A k, A v, A rate, Chunk chunk) {
        return ops.innerLoop(inner, q, k, v, rate, chunk);
    }

    @Override
    public A attention(Attention attention, A q, A k, A v, Chunk chunk) {
        return ops.attention(attention, q, k, v, chunk);
    }

    @Override
    public A selectiveScan(SelectiveScan scan, A x, A delta, A b, A c, Chunk chunk) {
        return ops.selectiveScan(scan, x, delta, b, c, chunk);
    }

    @Override
    public A linearAttention(LinearAttention attention, A q, A k, A v, Chunk chunk) {
        return ops.linearAttention(attention, q, k, v, chunk);
    }

    @Override
    public A silu(A x) {
        return ops.silu(x);
    }

    @Override
    public List<A> split(A x, int... widths) {
        return ops.split(x, widths);
    }

    @Override
    public A geluGate(A gate, A y) {
        return ops.geluGate(gate, y);
    }

    @Override
    public A swiGlu(A gate, A up) {
        return ops.swiGlu(gate, up);
    }

    @Override
    public A add(A x, A y) {
        return ops.add(x, y);
    }

    @Override
    public A last(A x, Chunk chunk) {
        return ops.last(x, chunk);
    }

    @Override
    public A crossEntropy(A logits, int[][] targets) {
        return ops.crossEntropy(logits, targets);
    }
}
