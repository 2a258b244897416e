package org.ttt4j.ops;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.param.Param;

/**
 * Reverse-mode differentiation as a decorator: runs every operation on the executor below, remembers it, and walks back
 * with the executor's {@link Vjp}. A model runs on a tape exactly as it runs on the executor itself. The whole inner loop
 * is one node. A tape serves one forward and one backward pass. The way back frees values and gradients as soon as nothing
 * needs them; only those of variables that {@link #in} made stay.
 *
 * @param <A> the executor's array type
 */
public final class Tape<A> implements Ops<Var<A>> {

    private final Executor<A> executor;
    private final Vjp<A> vjp;
    private final Gradients<A> gradients;
    private final int checkpointEvery;
    private final Deque<Runnable> nodes = new ArrayDeque<>();
    private final Map<A, Integer> holders = new IdentityHashMap<>(); // how many variables have a gradient

    /**
     * @param gradients where gradients of parameters are added
     * @param checkpointEvery mini-batches between kept inner weights; 0 for about √N
     */
    public Tape(Executor<A> executor, Gradients<A> gradients, int checkpointEvery) {
        this.executor = executor;
        this.vjp = executor.vjp();
        this.gradients = gradients;
        this.checkpointEvery = checkpointEvery;
    }

    /**
     * Walks back from y. Afterwards the tape is empty.
     *
     * @param dy the gradient at y, of its shape
     */
    public void backward(Var<A> y, A dy) {
        flow(y, dy);
        while (!nodes.isEmpty()) {
            nodes.pop().run(); // popped first, so that what the node kept may be freed
        }
    }

    private void flow(Var<A> to, A gradient) {
        A sum = gradient;
        if (to.gradient != null) {
            sum = executor.add(to.gradient, gradient);
            letGo(to.gradient);
            if (!holders.containsKey(gradient)) {
                executor.free(gradient);
            }
        }
        to.gradient = sum;
        holders.merge(sum, 1, Integer::sum);
    }

    /** One variable less has this gradient. */
    private void letGo(A gradient) {
        if (holders.merge(gradient, -1, Integer::sum) == 0) {
            holders.remove(gradient);
            executor.free(gradient);
        }
    }

    /** All that used the variable have been walked back: nothing needs it any more. */
    private void release(Var<A> y) {
        executor.free(y.value);
        if (y.gradient != null) {
            letGo(y.gradient);
        }
    }

    /** A node with one output. It is skipped on the way back if no gradient reached it. */
    private Var<A> node(A value, Consumer<A> back) {
        Var<A> y = new Var<>(value);
        nodes.push(() -> {
            if (y.gradient != null) {
                back.accept(y.gradient);
            }
            release(y);
        });
        return y;
    }

    /** A node with several outputs; its way back gets null for an output that nothing used. */
    private List<Var<A>> nodes(List<A> values, Consumer<List<A>> back) {
        List<Var<A>> ys = values.stream().map(Var::new).toList();
        nodes.push(() -> {
            List<A> dys = ys.stream().map(y -> y.gradient).toList();
            if (ys.stream().anyMatch(y -> y.gradient != null)) {
                back.accept(dys);
            }
            ys.forEach(this::release);
        });
        return ys;
    }

    @Override
    public DataType dataType() {
        return executor.dataType();
    }

    @Override
    public Var<A> in(INDArray x) {
        return new Var<>(executor.in(x));
    }

    @Override
    public INDArray out(Var<A> x) {
        return executor.out(x.value);
    }

    @Override
    public INDArray value(Param p) {
        return executor.value(p);
    }

    @Override
    public State newState(StateSpec spec, int batch) {
        return executor.newState(spec, batch);
    }

    @Override
    public Var<A> embed(Param table, int[][] ids) {
        return node(executor.embed(table, ids), dy -> vjp.embed(table, ids, dy, gradients));
    }

    @Override
    public List<Var<A>> project(Projection p, Var<A> x) {
        return nodes(executor.project(p, x.value), dy -> flow(x, vjp.project(p, x.value, dy, gradients)));
    }

    @Override
    public Var<A> rmsNorm(Param weight, double eps, Var<A> x) {
        return node(
                executor.rmsNorm(weight, eps, x.value),
                dy -> flow(x, vjp.rmsNorm(weight, eps, x.value, dy, gradients)));
    }

    @Override
    public Var<A> layerNorm(Param weight, Param bias, double eps, Var<A> x) {
        return node(
                executor.layerNorm(weight, bias, eps, x.value),
                dy -> flow(x, vjp.layerNorm(weight, bias, eps, x.value, dy, gradients)));
    }

    @Override
    public List<Var<A>> causalConv(Conv conv, Var<A> x, Chunk chunk) {
        State before = chunk.slot(conv).copy();
        return nodes(
                executor.causalConv(conv, x.value, chunk),
                dy -> flow(x, vjp.causalConv(conv, x.value, before, chunk, dy, gradients)));
    }

    @Override
    public Var<A> rope(Rope rope, Var<A> x, Chunk chunk) {
        return node(executor.rope(rope, x.value, chunk), dy -> flow(x, vjp.rope(rope, dy, chunk)));
    }

    @Override
    public Var<A> innerRate(double scale, Var<A> logits) {
        A rate = executor.innerRate(scale, logits.value);
        return node(rate, dy -> flow(logits, vjp.innerRate(scale, rate, dy)));
    }

    @Override
    public Var<A> innerLoop(InnerSpec inner, Var<A> q, Var<A> k, Var<A> v, Var<A> rate, Chunk chunk) {
        Vjp.Traced<A> traced = vjp.innerLoop(inner, q.value, k.value, v.value, rate.value, chunk, checkpointEvery);
        return node(traced.output(), dy -> {
            Vjp.InnerInputs<A> d = vjp.innerLoop(inner, traced.trace(), dy, gradients);
            flow(q, d.q());
            flow(k, d.k());
            flow(v, d.v());
            flow(rate, d.rate());
        });
    }

    @Override
    public Var<A> attention(Attention attention, Var<A> q, Var<A> k, Var<A> v, Chunk chunk) {
        Vjp.Traced<A> traced = vjp.attention(attention, q.value, k.value, v.value, chunk);
        return node(traced.output(), dy -> flow(q, k, v, vjp.attention(attention, traced.trace(), dy)));
    }

    @Override
    public Var<A> linearAttention(LinearAttention attention, Var<A> q, Var<A> k, Var<A> v, Chunk chunk) {
        Vjp.Traced<A> traced = vjp.linearAttention(attention, q.value, k.value, v.value, chunk);
        return node(traced.output(), dy -> flow(q, k, v, vjp.linearAttention(attention, traced.trace(), dy)));
    }

    private void flow(Var<A> q, Var<A> k, Var<A> v, Vjp.Triple<A> d) {
        flow(q, d.q());
        flow(k, d.k());
        flow(v, d.v());
    }

    @Override
    public Var<A> selectiveScan(SelectiveScan scan, Var<A> x, Var<A> delta, Var<A> b, Var<A> c, Chunk chunk) {
        Vjp.Traced<A> traced = vjp.selectiveScan(scan, x.value, delta.value, b.value, c.value, chunk);
        return node(traced.output(), dy -> {
            Vjp.ScanInputs<A> d = vjp.selectiveScan(scan, traced.trace(), dy, gradients);
            flow(x, d.x());
            flow(delta, d.delta());
            flow(b, d.b());
            flow(c, d.c());
        });
    }

    @Override
    public Var<A> silu(Var<A> x) {
        return node(executor.silu(x.value), dy -> flow(x, vjp.silu(x.value, dy)));
    }

    @Override
    public List<Var<A>> split(Var<A> x, int... widths) {
        return nodes(executor.split(x.value, widths), dy -> flow(x, vjp.split(x.value, dy, widths)));
    }

    @Override
    public Var<A> geluGate(Var<A> gate, Var<A> y) {
        return node(executor.geluGate(gate.value, y.value), d -> flow(gate, y, vjp.geluGate(gate.value, y.value, d)));
    }

    @Override
    public Var<A> swiGlu(Var<A> gate, Var<A> up) {
        return node(executor.swiGlu(gate.value, up.value), d -> flow(gate, up, vjp.swiGlu(gate.value, up.value, d)));
    }

    private void flow(Var<A> first, Var<A> second, Vjp.Pair<A> d) {
        flow(first, d.first());
        flow(second, d.second());
    }

    @Override
    public Var<A> add(Var<A> x, Var<A> y) {
        return node(executor.add(x.value, y.value), d -> flow(x, y, new Vjp.Pair<>(d, d)));
    }

    @Override
    public Var<A> last(Var<A> x, Chunk chunk) {
        return node(executor.last(x.value, chunk), dy -> flow(x, vjp.last(x.value, chunk, dy)));
    }

    @Override
    public Var<A> crossEntropy(Var<A> logits, int[][] targets) {
        return node(
                executor.crossEntropy(logits.value, targets),
                dy -> flow(logits, vjp.crossEntropy(logits.value, targets, dy)));
    }
}
