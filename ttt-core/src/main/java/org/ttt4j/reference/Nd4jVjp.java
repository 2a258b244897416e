package org.ttt4j.reference;

import static org.ttt4j.reference.RowMath.like;
import static org.ttt4j.reference.RowMath.matrix;
import static org.ttt4j.reference.RowMath.product;
import static org.ttt4j.reference.RowMath.row;
import static org.ttt4j.reference.RowMath.rowDot;
import static org.ttt4j.reference.RowMath.sigmoid;
import static org.ttt4j.reference.RowMath.sqrt;
import static org.ttt4j.reference.RowMath.sumOfSquares;
import static org.ttt4j.reference.RowMath.weightMatrix;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.inner.Gelu;
import org.ttt4j.inner.RowNorm;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.State;
import org.ttt4j.ops.Vjp;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.Tensors;

/** The gradients of the reference executor's operations. */
final class Nd4jVjp implements Vjp<INDArray> {

    private final Nd4jOps ops;

    Nd4jVjp(Nd4jOps ops) {
        this.ops = ops;
    }

    /** Adds the sum over rows to the gradient of a vector parameter. */
    private static void addRows(Gradients<INDArray> gradients, Param p, INDArray rows) {
        if (gradients.wants(p)) {
            row(gradients.of(p)).addi(rows.sum(true, 0));
        }
    }

    @Override
    public void embed(Param table, int[][] ids, INDArray dy, Gradients<INDArray> gradients) {
        if (!gradients.wants(table)) {
            return;
        }
        INDArray dE = gradients.of(table);
        for (int b = 0; b < ids.length; b++) {
            for (int t = 0; t < ids[b].length; t++) {
                Tensors.at(dE, ids[b][t]).addi(Tensors.at(dy, b, t));
            }
        }
    }

    @Override
    public INDArray project(Projection p, INDArray x, List<INDArray> dy, Gradients<INDArray> gradients) {
        INDArray rows = matrix(x);
        INDArray dx = ops.zeros(rows.shape());
        for (int i = 0; i < dy.size(); i++) {
            if (dy.get(i) == null) {
                continue;
            }
            Linear map = p.maps().get(i);
            INDArray d = matrix(dy.get(i));
            dx.addi(product(d, weightMatrix(ops.weight(map.weight())), false, false));
            if (gradients.wants(map.weight())) {
                weightMatrix(gradients.of(map.weight())).addi(product(d, rows, true, false));
            }
            addRows(gradients, map.bias(), d);
        }
        return like(x, dx);
    }

    @Override
    public INDArray rmsNorm(Param weight, double eps, INDArray x, INDArray dy, Gradients<INDArray> gradients) {
        INDArray w = row(ops.weight(weight));
        INDArray rows = RowMath.pieces(weight.key(), x, w.length());
        INDArray d = RowMath.pieces(weight.key(), dy, w.length());
        INDArray root = sqrt(sumOfSquares(rows).divi(rows.size(1)).addi(eps));
        INDArray xHat = rows.divColumnVector(root);
        addRows(gradients, weight, d.mul(xHat));
        INDArray c = d.mulRowVector(w);
        INDArray along = rowDot(c, xHat).divi(rows.size(1));
        return c.subi(xHat.muliColumnVector(along)).diviColumnVector(root).reshape('c', x.shape());
    }

    @Override
    public INDArray layerNorm(
            Param weight, Param bias, double eps, INDArray x, INDArray dy, Gradients<INDArray> gradients) {
        INDArray d = matrix(dy);
        RowNorm norm = RowNorm.of(matrix(x), eps);
        addRows(gradients, weight, d.mul(norm.xhat()));
        addRows(gradients, bias, d);
        return like(x, norm.jacobian(d.mulRowVector(row(ops.weight(weight)))));
    }

    @Override
    public INDArray causalConv(
            Conv conv, INDArray x, State before, Chunk chunk, List<INDArray> dy, Gradients<INDArray> gradients) {
        INDArray dx = ops.zeros(x.shape());
        for (int b = 0; b < chunk.batch(); b++) {
            int r = chunk.length(b);
            if (r == 0) {
                continue;
            }
            INDArray extended = ((ConvWindow) before).extended(b, Nd4jOps.tokens(x, b, r));
            INDArray dExtended = ops.zeros(extended.shape());
            for (int f = 0; f < dy.size(); f++) {
                if (dy.get(f) != null) {
                    INDArray d = Nd4jOps.tokens(dy.get(f), b, r).dup('c');
                    filter(conv.filters().get(f), extended, dExtended, d, gradients);
                }
            }
            int past = conv.kernel() - 1; // what the window held is constant
            Nd4jOps.tokens(dx, b, r).assign(Tensors.rows(dExtended, past, past + r));
        }
        return dx;
    }

    private void filter(Linear f, INDArray extended, INDArray dExtended, INDArray d, Gradients<INDArray> gradients) {
        int r = (int) d.size(0);
        INDArray w = weightMatrix(ops.weight(f.weight()));
        for (int j = 0; j < f.in(); j++) {
            Tensors.rows(dExtended, j, j + r)
                    .addi(d.mulRowVector(row(w.getColumn(j).dup())));
            if (gradients.wants(f.weight())) {
                INDArray dw = d.mul(Tensors.rows(extended, j, j + r)).sum(0);
                weightMatrix(gradients.of(f.weight())).getColumn(j, true).addi(dw.reshape(dw.length(), 1));
            }
        }
        addRows(gradients, f.bias(), d);
    }

    @Override
    public INDArray rope(Rope rope, INDArray dy, Chunk chunk) {
        return Rotation.of(rope, chunk, dy, -1);
    }

    @Override
    public INDArray innerRate(double scale, INDArray rate, INDArray dy) {
        if (scale == 0) { // nothing is learnt, whatever the logits are
            return ops.zeros(dy.shape());
        }
        return rate.div(-scale).addi(1).muli(rate).muli(dy);
    }

    @Override
    public Traced<INDArray> innerLoop(
            InnerSpec inner, INDArray q, INDArray k, INDArray v, INDArray rate, Chunk chunk, int checkpointEvery) {
        return ops.loop(inner).trace(q, k, v, rate, chunk, checkpointEvery);
    }

    @Override
    public InnerInputs<INDArray> innerLoop(InnerSpec inner, Object trace, INDArray dy, Gradients<INDArray> gradients) {
        return ops.loop(inner).backward((ReferenceInnerLoop.Trace) trace, dy, gradients);
    }

    @Override
    public Traced<INDArray> attention(Attention attention, INDArray q, INDArray k, INDArray v, Chunk chunk) {
        return new ReferenceAttention(attention).trace(q, k, v, chunk);
    }

    @Override
    public Triple<INDArray> attention(Attention attention, Object trace, INDArray dy) {
        return new ReferenceAttention(attention).backward((ReferenceAttention.Trace) trace, dy);
    }

    @Override
    public Traced<INDArray> selectiveScan(
            SelectiveScan scan, INDArray x, INDArray delta, INDArray b, INDArray c, Chunk chunk) {
        return new ReferenceScan(scan, ops::weight).trace(x, delta, b, c, chunk);
    }

    @Override
    public ScanInputs<INDArray> selectiveScan(
            SelectiveScan scan, Object trace, INDArray dy, Gradients<INDArray> gradients) {
        return new ReferenceScan(scan, ops::weight).backward((ReferenceScan.Trace) trace, dy, gradients);
    }

    @Override
    public Traced<INDArray> linearAttention(
            LinearAttention attention, INDArray q, INDArray k, INDArray v, Chunk chunk) {
        return new ReferenceLinearAttention(attention).trace(q, k, v, chunk);
    }

    @Override
    public Triple<INDArray> linearAttention(LinearAttention attention, Object trace, INDArray dy) {
        return new ReferenceLinearAttention(attention).backward((ReferenceLinearAttention.Trace) trace, dy);
    }

    @Override
    public INDArray silu(INDArray x, INDArray dy) {
        return siluSlope(x).muli(dy);
    }

    /** {@code silu' = σ(1 - silu) + silu}. */
    private static INDArray siluSlope(INDArray x) {
        INDArray sigma = sigmoid(x);
        INDArray silu = sigma.mul(x);
        return silu.rsub(1).muli(sigma).addi(silu);
    }

    @Override
    public INDArray split(INDArray x, List<INDArray> dy, int... widths) {
        INDArray dx = ops.zeros(matrix(x).shape());
        int from = 0;
        for (int i = 0; i < widths.length; i++) {
            if (dy.get(i) != null) {
                Tensors.columns(dx, from, from + widths[i]).assign(matrix(dy.get(i)));
            }
            from += widths[i];
        }
        return like(x, dx);
    }

    @Override
    public Pair<INDArray> geluGate(INDArray gate, INDArray y, INDArray dOut) {
        return new Pair<>(
                Gelu.derivative(gate).muli(y).muli(dOut), Gelu.value(gate).muli(dOut));
    }

    @Override
    public Pair<INDArray> swiGlu(INDArray gate, INDArray up, INDArray dOut) {
        return new Pair<>(
                siluSlope(gate).muli(up).muli(dOut), sigmoid(gate).muli(gate).muli(dOut));
    }

    @Override
    public INDArray last(INDArray x, Chunk chunk, INDArray dy) {
        INDArray dx = ops.zeros(x.shape());
        for (int b = 0; b < chunk.batch(); b++) {
            if (chunk.length(b) > 0) {
                Tensors.at(dx, b, chunk.length(b) - 1).assign(Tensors.at(dy, b, 0));
            }
        }
        return dx;
    }

    @Override
    public INDArray crossEntropy(INDArray logits, int[][] targets, INDArray dy) {
        INDArray rows = matrix(logits);
        INDArray e = Transforms.exp(rows.subColumnVector(rows.max(true, 1)), false);
        INDArray p = e.diviColumnVector(e.sum(true, 1));
        int L = (int) logits.size(1);
        INDArray weight = ops.zeros(p.size(0), 1);
        for (int b = 0; b < targets.length; b++) {
            for (int t = 0; t < targets[b].length; t++) {
                if (targets[b][t] >= 0) {
                    long m = (long) b * L + t;
                    p.putScalar(m, targets[b][t], p.getDouble(m, targets[b][t]) - 1);
                    weight.putScalar(m, 0, dy.getDouble(b, t));
                }
            }
        }
        return like(logits, p.muliColumnVector(weight));
    }
}
