package org.ttt4j.reference;

import static org.ttt4j.reference.RowMath.like;
import static org.ttt4j.reference.RowMath.matrix;
import static org.ttt4j.reference.RowMath.product;
import static org.ttt4j.reference.RowMath.row;
import static org.ttt4j.reference.RowMath.sigmoid;
import static org.ttt4j.reference.RowMath.sqrt;
import static org.ttt4j.reference.RowMath.sumOfSquares;
import static org.ttt4j.reference.RowMath.weightMatrix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.inner.Gelu;
import org.ttt4j.inner.RowNorm;
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
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * The reference executor: ND4J's own operations, one after the other, as the formulas stand in the paper. Float32 and
 * float64; the inner loop in its dual form or, token by token, in its primal form.
 */
public final class Nd4jOps implements Executor<INDArray> {

    private final DataType type;
    private final InnerForm form;
    private final Map<Param, INDArray> weights = new LinkedHashMap<>();
    private final Nd4jVjp vjp = new Nd4jVjp(this);

    /**
     * @param type FLOAT or DOUBLE
     * @throws TttException if the source lacks a parameter or has it in another shape
     */
    public Nd4jOps(DataType type, InnerForm form, List<Param> params, WeightSource source) {
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw TttException.mismatch("data type", "FLOAT or DOUBLE", type);
        }
        this.type = type;
        this.form = form;
        source.check(params);
        params.forEach(p -> weights.put(p, in(source.read(p))));
    }

    @Override
    public String description() {
        return "reference (" + type.name().toLowerCase(Locale.ROOT) + ", " + form.label() + " form)";
    }

    @Override
    public DataType dataType() {
        return type;
    }

    @Override
    public INDArray in(INDArray x) {
        return x.dataType() == type ? x.dup('c') : x.castTo(type).dup('c');
    }

    @Override
    public INDArray out(INDArray x) {
        return x.dup('c');
    }

    @Override
    public List<Param> params() {
        return List.copyOf(weights.keySet());
    }

    @Override
    public INDArray weight(Param p) {
        INDArray w = weights.get(p);
        if (w == null) {
            throw TttException.mismatch("parameter", "one that this executor holds", p.key());
        }
        return w;
    }

    @Override
    public INDArray value(Param p) {
        return out(weight(p));
    }

    @Override
    public void weightsChanged() {
        // nothing is derived from them here
    }

    @Override
    public INDArray zeros(long... shape) {
        return Nd4j.zeros(type, shape);
    }

    @Override
    public Vjp<INDArray> vjp() {
        return vjp;
    }

    @Override
    public Updates<INDArray> updates() {
        return new Nd4jUpdates();
    }

    @Override
    public State newState(StateSpec spec, int batch) {
        if (spec instanceof InnerSpec inner) {
            return new LaneStates(inner, type, this::weight, batch);
        } else if (spec instanceof Conv conv) {
            return new ConvWindow(conv, type, batch);
        } else if (spec instanceof Attention attention) {
            return new KeyValues(attention, type, batch);
        } else if (spec instanceof SelectiveScan scan) {
            return RecurrentState.of(scan, type, batch);
        } else if (spec instanceof LinearAttention attention) {
            return RecurrentState.of(attention, type, batch);
        }
        throw TttException.mismatch("state " + spec.key(), "an operation with memory", spec.getClass());
    }

    @Override
    public INDArray embed(Param table, int[][] ids) {
        INDArray E = weight(table);
        int L = Arrays.stream(ids).mapToInt(s -> s.length).max().orElse(0);
        INDArray y = zeros(ids.length, L, E.size(1));
        for (int b = 0; b < ids.length; b++) {
            for (int t = 0; t < ids[b].length; t++) {
                if (ids[b][t] < 0 || ids[b][t] >= E.size(0)) { // ND4J itself would read past the table
                    throw TttException.mismatch("token id", "0 to " + (E.size(0) - 1), ids[b][t]);
                }
                Tensors.at(y, b, t).assign(Tensors.at(E, ids[b][t]));
            }
        }
        return y;
    }

    @Override
    public List<INDArray> project(Projection p, INDArray x) {
        INDArray rows = matrix(x);
        List<INDArray> outputs = new ArrayList<>();
        for (Linear map : p.maps()) {
            INDArray y = product(rows, weightMatrix(weight(map.weight())), false, true);
            if (map.bias() != null) {
                y.addiRowVector(row(weight(map.bias())));
            }
            outputs.add(like(x, y));
        }
        return outputs;
    }

    @Override
    public INDArray rmsNorm(Param weight, double eps, INDArray x) {
        INDArray w = row(weight(weight));
        INDArray rows = RowMath.pieces("input of " + weight.key(), x, w.length());
        INDArray root = sqrt(sumOfSquares(rows).divi(rows.size(1)).addi(eps));
        return rows.divColumnVector(root).muliRowVector(w).reshape('c', x.shape());
    }

    @Override
    public INDArray layerNorm(Param weight, Param bias, double eps, INDArray x) {
        INDArray xHat = RowNorm.of(matrix(x), eps).xhat();
        return like(x, xHat.mulRowVector(row(weight(weight))).addiRowVector(row(weight(bias))));
    }

    @Override
    public List<INDArray> causalConv(Conv conv, INDArray x, Chunk chunk) {
        ConvWindow window = chunk.slot(conv, ConvWindow.class);
        List<INDArray> outputs = new ArrayList<>();
        conv.filters().forEach(f -> outputs.add(zeros(x.shape())));
        for (int b = 0; b < chunk.batch(); b++) {
            int r = chunk.length(b);
            if (r == 0) {
                continue;
            }
            INDArray xb = tokens(x, b, r);
            INDArray extended = window.extended(b, xb);
            for (int f = 0; f < outputs.size(); f++) {
                tokens(outputs.get(f), b, r).assign(filter(conv.filters().get(f), extended, r));
            }
            window.advance(b, xb);
        }
        return outputs;
    }

    /** {@code y_t = bias + Σ_j w_j ∘ x_{t+j}} over r rows of an input that begins J-1 rows earlier. */
    private INDArray filter(Linear f, INDArray extended, int r) {
        INDArray w = weightMatrix(weight(f.weight()));
        INDArray y = zeros(r, extended.size(1));
        if (f.bias() != null) {
            y.addiRowVector(row(weight(f.bias())));
        }
        for (int j = 0; j < f.in(); j++) {
            y.addi(Tensors.rows(extended, j, j + r)
                    .mulRowVector(row(w.getColumn(j).dup())));
        }
        return y;
    }

    /** The first r tokens of a sequence, a view [r, width]. */
    static INDArray tokens(INDArray x, int b, int r) {
        return Tensors.rows(Tensors.at(x, b), 0, r);
    }

    @Override
    public INDArray rope(Rope rope, INDArray x, Chunk chunk) {
        return Rotation.of(rope, chunk, x, 1);
    }

    @Override
    public INDArray innerRate(double scale, INDArray logits) {
        return sigmoid(logits).muli(scale);
    }

    @Override
    public INDArray innerLoop(InnerSpec inner, INDArray q, INDArray k, INDArray v, INDArray rate, Chunk chunk) {
        return loop(inner).forward(q, k, v, rate, chunk);
    }

    ReferenceInnerLoop loop(InnerSpec inner) {
        return new ReferenceInnerLoop(inner, form, this::weight);
    }

    @Override
    public INDArray attention(Attention attention, INDArray q, INDArray k, INDArray v, Chunk chunk) {
        return new ReferenceAttention(attention).forward(q, k, v, chunk);
    }

    @Override
    public INDArray selectiveScan(SelectiveScan scan, INDArray x, INDArray delta, INDArray b, INDArray c, Chunk chunk) {
        return new ReferenceScan(scan, this::weight)
                .trace(x, delta, b, c, chunk)
                .output();
    }

    @Override
    public INDArray linearAttention(LinearAttention attention, INDArray q, INDArray k, INDArray v, Chunk chunk) {
        return new ReferenceLinearAttention(attention).trace(q, k, v, chunk).output();
    }

    @Override
    public INDArray silu(INDArray x) {
        return sigmoid(x).muli(x);
    }

    @Override
    public List<INDArray> split(INDArray x, int... widths) {
        RowMath.requirePieces(x, widths);
        List<INDArray> pieces = new ArrayList<>();
        int from = 0;
        for (int width : widths) {
            pieces.add(like(x, Tensors.columns(matrix(x), from, from + width).dup('c')));
            from += width;
        }
        return pieces;
    }

    @Override
    public INDArray geluGate(INDArray gate, INDArray y) {
        return Gelu.value(gate).muli(y);
    }

    @Override
    public INDArray swiGlu(INDArray gate, INDArray up) {
        return sigmoid(gate).muli(gate).muli(up);
    }

    @Override
    public INDArray add(INDArray x, INDArray y) {
        return x.add(y);
    }

    @Override
    public INDArray last(INDArray x, Chunk chunk) {
        INDArray y = zeros(x.size(0), 1, x.size(2));
        for (int b = 0; b < chunk.batch(); b++) {
            if (chunk.length(b) > 0) {
                Tensors.at(y, b, 0).assign(Tensors.at(x, b, chunk.length(b) - 1));
            }
        }
        return y;
    }

    @Override
    public INDArray crossEntropy(INDArray logits, int[][] targets) {
        INDArray rows = matrix(logits);
        INDArray max = rows.max(true, 1);
        INDArray sum = Transforms.exp(rows.subColumnVector(max), false).sum(true, 1);
        INDArray logSum = Transforms.log(sum, false).addi(max);
        int L = (int) logits.size(1);
        INDArray loss = zeros(logits.size(0), L);
        for (int b = 0; b < targets.length; b++) {
            for (int t = 0; t < targets[b].length; t++) {
                if (targets[b][t] >= 0) {
                    long m = (long) b * L + t;
                    loss.putScalar(b, t, logSum.getDouble(m, 0) - rows.getDouble(m, targets[b][t]));
                }
            }
        }
        return loss;
    }

    @Override
    public void close() {
        weights.clear();
    }
}
