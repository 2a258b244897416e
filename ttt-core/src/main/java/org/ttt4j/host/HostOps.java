package org.ttt4j.host;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.inner.DualForm;
import org.ttt4j.kernel.InnerKernel;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.matrix.ProductType;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.State;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.ops.Updates;
import org.ttt4j.ops.Vjp;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.reference.LaneStates;
import org.ttt4j.reference.ReferenceInnerLoop;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * The fused executor: float32 on the Java heap. It owns its threads; results do not depend on their number. One caller at
 * a time gets all of them, others run on their own thread.
 */
public final class HostOps implements Executor<HostArray> {

    /** Values that a thread copies at a time. */
    private static final int COPY = 1 << 14;

    private final HostWeights weights;
    private final Workers workers;
    private final InnerKernel kernel;
    private final ProductType products;
    private final HostKernels kernels;
    private final Arena arena;
    private final HostVjp vjp;

    /** Float32 weights. */
    public HostOps(List<Param> params, WeightSource source, int threads, String kernel) {
        this(params, source, threads, kernel, WeightType.FLOAT32, ProductType.FLOAT32);
    }

    /**
     * @param threads how many threads work, the caller included; at least 1
     * @param kernel one of {@link InnerKernels#names()}
     * @param type of the matrices of projections and embedding
     * @param products precision of products of many rows
     * @throws TttException if the source lacks a parameter or has it in another shape
     */
    public HostOps(
            List<Param> params,
            WeightSource source,
            int threads,
            String kernel,
            WeightType type,
            ProductType products) {
        source.check(params);
        this.kernel = InnerKernels.named(kernel);
        workers = new Workers(threads);
        try {
            weights = new HostWeights(params, source, type, this.kernel.vectorised(), workers);
            kernels = HostKernels.of(workers, this.kernel, weights, products);
        } catch (RuntimeException | Error e) {
            workers.close();
            throw e;
        }
        arena = kernels.arena();
        this.products = products;
        vjp = new HostVjp(this::weight, kernels);
    }

    @Override
    public String description() {
        String precision = weights.type() == WeightType.FLOAT32
                ? ""
                : ", " + weights.type().label() + " weights";
        String rounded = products == ProductType.FLOAT32 ? "" : ", " + products.label() + " products";
        return "fused (" + kernel.name() + " kernel" + precision + rounded + ")";
    }

    @Override
    public DataType dataType() {
        return DataType.FLOAT;
    }

    @Override
    public HostArray in(INDArray x) {
        return new HostArray(Tensors.toFloats(x), HostArray.shape(x.shape()));
    }

    @Override
    public INDArray out(HostArray x) {
        INDArray y = Nd4j.createUninitialized(DataType.FLOAT, x.longShape());
        FloatBuffer to = y.data().asNioFloat();
        int n = x.data().length;
        workers.run((n + COPY - 1) / COPY, i -> {
            int from = i * COPY;
            to.duplicate().position(from).put(x.data(), from, Math.min(COPY, n - from));
        });
        return y;
    }

    @Override
    public List<Param> params() {
        return weights.params();
    }

    @Override
    public void settle() {
        weights.settle();
    }

    @Override
    public HostArray weight(Param p) {
        return weights.values(p);
    }

    @Override
    public INDArray value(Param p) {
        return out(weights.snapshot(p));
    }

    @Override
    public void weightsChanged() {
        kernels.products().weightsChanged();
        kernels.convolutions().weightsChanged();
        kernels.scans().weightsChanged();
    }

    @Override
    public HostArray zeros(long... shape) {
        return HostArray.zeros(HostArray.shape(shape));
    }

    @Override
    public <R> R scope(Supplier<R> body) {
        return arena.scope(body);
    }

    @Override
    public void free(HostArray x) {
        arena.free(x);
    }

    @Override
    public Vjp<HostArray> vjp() {
        if (weights.type() != WeightType.FLOAT32) {
            throw TttException.mismatch(
                    "weights to differentiate",
                    WeightType.FLOAT32.label(),
                    weights.type().label());
        }
        if (products != ProductType.FLOAT32) {
            throw TttException.mismatch("products to differentiate", ProductType.FLOAT32.label(), products.label());
        }
        return vjp;
    }

    @Override
    public Updates<HostArray> updates() {
        return new HostUpdates(workers, kernels.updates());
    }

    @Override
    public State newState(StateSpec spec, int batch) {
        if (spec instanceof InnerSpec inner) {
            return DualForm.supports(inner.model())
                    ? kernels.innerLoop().newState(inner, batch)
                    : new LaneStates(inner, DataType.FLOAT, this::value, batch);
        } else if (spec instanceof Conv conv) {
            return new HostConvWindow(conv, batch);
        } else if (spec instanceof Attention attention) {
            return new HostKeyValues(attention, batch);
        } else if (spec instanceof SelectiveScan scan) {
            return ScanKernels.newState(scan, batch);
        } else if (spec instanceof LinearAttention attention) {
            return LinearAttentionKernels.newState(attention, batch);
        }
        throw TttException.mismatch(
                "state " + spec.key(), "an operation with memory that this executor has", spec.getClass());
    }

    @Override
    public HostArray embed(Param table, int[][] ids) {
        Matrix packed = weights.table(table);
        return packed == null
                ? kernels.tokens().embed(table.key(), weights.snapshot(table), ids)
                : kernels.tokens().embed(table.key(), packed, ids);
    }

    @Override
    public List<HostArray> project(Projection p, HostArray x) {
        return kernels.products().forward(p, x);
    }

    @Override
    public HostArray rmsNorm(Param weight, double eps, HostArray x) {
        HostArray w = weight(weight);
        int n = w.data().length;
        HostArray y = arena.array(x.requirePieces("input of " + weight.key(), n).shape());
        kernels.norms().rms(x.data(), w.data(), eps, y.data(), x.data().length / n);
        return y;
    }

    @Override
    public HostArray layerNorm(Param weight, Param bias, double eps, HostArray x) {
        HostArray w = weight(weight);
        HostArray y = arena.array(
                x.requireWidth("input of " + weight.key(), w.data().length).shape());
        kernels.norms().layer(x.data(), w.data(), weight(bias).data(), eps, y.data(), x.rows());
        return y;
    }

    @Override
    public List<HostArray> causalConv(Conv conv, HostArray x, Chunk chunk) {
        x.requireTokens("input of " + conv.key(), chunk.batch(), conv.channels());
        HostConvWindow window = chunk.slot(conv, HostConvWindow.class);
        List<HostArray> ys = new ArrayList<>();
        for (Linear filter : conv.filters()) {
            HostArray y = arena.array(x.shape());
            kernels.convolutions().forward(filter, x, window, chunk, y);
            ys.add(y);
        }
        for (int b = 0; b < chunk.batch(); b++) {
            window.advance(b, x.data(), x.row(b, 0), chunk.length(b));
        }
        return ys;
    }

    @Override
    public HostArray rope(Rope rope, HostArray x, Chunk chunk) {
        return kernels.ropes().turn(rope, x, chunk, 1);
    }

    @Override
    public HostArray innerRate(double scale, HostArray logits) {
        HostArray rate = arena.array(logits.shape());
        kernels.gates().sigmoid((float) scale, logits.data(), rate.data());
        return rate;
    }

    @Override
    public HostArray innerLoop(InnerSpec inner, HostArray q, HostArray k, HostArray v, HostArray rate, Chunk chunk) {
        return DualForm.supports(inner.model())
                ? kernels.innerLoop().forward(inner, q, k, v, rate, chunk)
                : usersOwn(inner, q, k, v, rate, chunk);
    }

    /** A user's own inner model runs on the reference loop, token by token. */
    private HostArray usersOwn(InnerSpec inner, HostArray q, HostArray k, HostArray v, HostArray rate, Chunk chunk) {
        ReferenceInnerLoop loop = new ReferenceInnerLoop(inner, InnerForm.PRIMAL, this::value);
        return in(loop.forward(out(q), out(k), out(v), out(rate), chunk));
    }

    @Override
    public HostArray attention(Attention attention, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        return kernels.attention().forward(attention, q, k, v, chunk);
    }

    @Override
    public HostArray selectiveScan(
            SelectiveScan scan, HostArray x, HostArray delta, HostArray b, HostArray c, Chunk chunk) {
        return kernels.scans().forward(scan, x, delta, b, c, chunk);
    }

    @Override
    public HostArray linearAttention(LinearAttention attention, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        return kernels.linearAttention().forward(attention, q, k, v, chunk);
    }

    @Override
    public HostArray silu(HostArray x) {
        HostArray y = arena.array(x.shape());
        kernels.gates().silu(x.data(), y.data());
        return y;
    }

    @Override
    public List<HostArray> split(HostArray x, int... widths) {
        return kernels.splits().forward(x, widths);
    }

    @Override
    public HostArray geluGate(HostArray gate, HostArray y) {
        HostArray out = arena.array(gate.requireShapeOf("gate", y).shape());
        kernels.gates().gelu(gate.data(), y.data(), out.data());
        return out;
    }

    @Override
    public HostArray swiGlu(HostArray gate, HostArray up) {
        HostArray out = arena.array(gate.requireShapeOf("gate", up).shape());
        kernels.gates().swish(gate.data(), up.data(), out.data());
        return out;
    }

    @Override
    public HostArray add(HostArray x, HostArray y) {
        HostArray sum = arena.array(x.requireShapeOf("summand", y).shape());
        kernels.gates().add(x.data(), y.data(), sum.data());
        return sum;
    }

    @Override
    public HostArray last(HostArray x, Chunk chunk) {
        return kernels.tokens().last(x, chunk);
    }

    @Override
    public HostArray crossEntropy(HostArray logits, int[][] targets) {
        return kernels.losses().forward(logits, targets);
    }

    @Override
    public void close() {
        workers.close();
        kernels.close();
    }
}
