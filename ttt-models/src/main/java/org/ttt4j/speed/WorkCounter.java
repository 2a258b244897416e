package org.ttt4j.speed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.inner.DualForm;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.State;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Param;

/** Runs a model on the shapes of its arrays alone, and adds up its work. */
final class WorkCounter implements Ops<WorkCounter.Extent> {

    private final Set<Projection> projections = new LinkedHashSet<>();
    private long multiplyAdds;
    private long stateBytes;

    /** A shape [B, L, width]. */
    record Extent(int batch, int length, int width) {
        Extent withWidth(int w) {
            return new Extent(batch, length, w);
        }

        long rows() {
            return (long) batch * length;
        }
    }

    /** Two operations a multiply-add. */
    long flops() {
        return 2 * multiplyAdds;
    }

    long bytes(WeightType type) {
        long weights = 0;
        for (Projection p : projections) {
            for (Linear map : p.maps()) {
                weights += Work.bytes(map.weight(), type);
            }
        }
        return weights + stateBytes;
    }

    Collection<Projection> projections() {
        return projections;
    }

    @Override
    public List<Extent> project(Projection p, Extent x) {
        projections.add(p);
        List<Extent> ys = new ArrayList<>();
        for (Linear map : p.maps()) {
            multiplyAdds += x.rows() * map.in() * map.out();
            ys.add(x.withWidth(map.out()));
        }
        return ys;
    }

    @Override
    public Extent innerLoop(InnerSpec inner, Extent q, Extent k, Extent v, Extent rate, Chunk chunk) {
        InnerWork work = new InnerWork(inner);
        for (int length : chunk.lengths()) {
            multiplyAdds += DualForm.supports(inner.model()) ? work.multiplyAdds(length) : 0;
            stateBytes += length * work.bytesOfToken();
        }
        return q;
    }

    @Override
    public Extent attention(Attention attention, Extent q, Extent k, Extent v, Chunk chunk) {
        for (int b = 0; b < chunk.batch(); b++) {
            long before = chunk.position(b);
            long length = chunk.length(b);
            long pairs = length * before + length * (length + 1) / 2; // of a query and a key that it sees
            multiplyAdds += pairs * 2 * attention.heads() * attention.headSize();
            long floats = 2L * attention.keyValueHeads() * attention.headSize();
            stateBytes += (before + length) * floats * Float.BYTES;
        }
        return q;
    }

    /** Of every token, channel and state: the exponent, the two products of the update, and one with what leaves. */
    @Override
    public Extent selectiveScan(SelectiveScan scan, Extent x, Extent delta, Extent b, Extent c, Chunk chunk) {
        long states = (long) scan.channels() * scan.stateSize();
        for (int length : chunk.lengths()) {
            multiplyAdds += length * 4 * states;
            stateBytes += length > 0 ? 2 * Float.BYTES * states : 0;
        }
        return x;
    }

    /** Of every token and head, as the recurrence has it: the outer product and the query. */
    @Override
    public Extent linearAttention(LinearAttention attention, Extent q, Extent k, Extent v, Chunk chunk) {
        long states = (long) attention.heads() * attention.headSize() * attention.headSize();
        for (int length : chunk.lengths()) {
            multiplyAdds += length * 2 * states;
            stateBytes += length > 0 ? 2 * Float.BYTES * states : 0;
        }
        return q;
    }

    @Override
    public Extent silu(Extent x) {
        return x;
    }

    @Override
    public List<Extent> split(Extent x, int... widths) {
        return Arrays.stream(widths).mapToObj(x::withWidth).toList();
    }

    @Override
    public Extent embed(Param table, int[][] ids) {
        int length = 0;
        for (int[] sequence : ids) {
            length = Math.max(length, sequence.length);
        }
        return new Extent(ids.length, length, (int) table.shape()[1]);
    }

    @Override
    public List<Extent> causalConv(Conv conv, Extent x, Chunk chunk) {
        return conv.filters().stream().map(filter -> x).toList();
    }

    @Override
    public Extent last(Extent x, Chunk chunk) {
        return new Extent(x.batch, 1, x.width);
    }

    @Override
    public Extent crossEntropy(Extent logits, int[][] targets) {
        return new Extent(logits.batch, 1, logits.length);
    }

    @Override
    public Extent rmsNorm(Param weight, double eps, Extent x) {
        return x;
    }

    @Override
    public Extent layerNorm(Param weight, Param bias, double eps, Extent x) {
        return x;
    }

    @Override
    public Extent rope(Rope rope, Extent x, Chunk chunk) {
        return x;
    }

    @Override
    public Extent innerRate(double scale, Extent logits) {
        return logits;
    }

    @Override
    public Extent geluGate(Extent gate, Extent y) {
        return y;
    }

    @Override
    public Extent swiGlu(Extent gate, Extent up) {
        return up;
    }

    @Override
    public Extent add(Extent x, Extent y) {
        return x;
    }

    @Override
    public State newState(StateSpec spec, int batch) {
        return NoState.INSTANCE;
    }

    @Override
    public DataType dataType() {
        return DataType.FLOAT;
    }

    @Override
    public Extent in(INDArray x) {
        throw new UnsupportedOperationException("shapes only");
    }

    @Override
    public INDArray out(Extent x) {
        throw new UnsupportedOperationException("shapes only");
    }

    @Override
    public INDArray value(Param p) {
        throw new UnsupportedOperationException("shapes only");
    }

    /** Shapes remember nothing. */
    private enum NoState implements State {
        INSTANCE;

        @Override
        public State copy() {
            return this;
        }

        @Override
        public State select(int... sequences) {
            return this;
        }

        @Override
        public void reset(int sequence) {}

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public Map<String, INDArray> save(Form form) {
            return Map.of();
        }

        @Override
        public void restore(Form form, Map<String, INDArray> tensors) {}
    }
}
