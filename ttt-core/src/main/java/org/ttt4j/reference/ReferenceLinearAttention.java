package org.ttt4j.reference;

import static org.ttt4j.reference.RowMath.product;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.LinearAttention.Form;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.ops.Vjp.Triple;
import org.ttt4j.tensor.Tensors;

/**
 * Linear attention on ND4J arrays: a chunk of one head at a time, as {@code Y = Q S + tril(Q Kᵀ) V} with the S that earlier
 * chunks left. The normaliser is one more column of V, which is 1, and so one more column of S.
 */
final class ReferenceLinearAttention {

    private final LinearAttention attention;
    private final int D;

    ReferenceLinearAttention(LinearAttention attention) {
        this.attention = attention;
        D = attention.headSize();
    }

    /** One head of one sequence: φ(q), φ(k) and values [L, D], the state before [D, D or D + 1] and its output before division. */
    private record Lane(int sequence, int head, INDArray Q, INDArray K, INDArray V, INDArray S, INDArray Y) {}

    /** What the way back needs. */
    record Trace(INDArray q, INDArray k, Chunk chunk, List<Lane> lanes) {}

    Traced<INDArray> trace(INDArray q, INDArray k, INDArray v, Chunk chunk) {
        INDArray out = Nd4j.zeros(q.dataType(), q.shape());
        RecurrentState state = chunk.slot(attention, RecurrentState.class);
        List<Lane> lanes = new ArrayList<>();
        for (int b = 0; b < chunk.batch(); b++) {
            for (int h = 0; chunk.length(b) > 0 && h < attention.heads(); h++) {
                Lane lane = lane(b, h, q, k, v, chunk.length(b), read(state, b, h));
                lanes.add(lane);
                write(state, b, h, lane.S.add(product(lane.K, lane.V, true, false)));
                head(out, b, h, chunk.length(b)).assign(normalised() ? divided(lane.Y) : lane.Y);
            }
        }
        return new Traced<>(out, new Trace(q, k, chunk, lanes));
    }

    private Lane lane(int b, int h, INDArray q, INDArray k, INDArray v, int r, INDArray S) {
        INDArray Q = feature(head(q, b, h, r));
        INDArray K = feature(head(k, b, h, r));
        INDArray V = head(v, b, h, r).dup('c');
        if (normalised()) {
            V = Nd4j.concat(1, V, Nd4j.ones(V.dataType(), r, 1));
        }
        INDArray Y = product(lower(product(Q, K, false, true)), V, false, false).addi(product(Q, S, false, false));
        return new Lane(b, h, Q, K, V, S, Y);
    }

    Triple<INDArray> backward(Trace trace, INDArray dy) {
        Triple<INDArray> d = new Triple<>(Nd4j.zerosLike(trace.q), Nd4j.zerosLike(trace.q), Nd4j.zerosLike(trace.q));
        for (Lane lane : trace.lanes) {
            int r = trace.chunk.length(lane.sequence);
            INDArray dY =
                    dividedGradient(lane, head(dy, lane.sequence, lane.head, r).dup('c'));
            INDArray P = lower(product(lane.Q, lane.K, false, true));
            INDArray dP = lower(product(dY, lane.V, false, true));
            INDArray dQ = product(dP, lane.K, false, false).addi(product(dY, lane.S, false, true));
            INDArray dK = product(dP, lane.Q, true, false);
            INDArray dV = product(P, dY, true, false);
            head(d.q(), lane.sequence, lane.head, r).assign(dQ.muli(slope(head(trace.q, lane.sequence, lane.head, r))));
            head(d.k(), lane.sequence, lane.head, r).assign(dK.muli(slope(head(trace.k, lane.sequence, lane.head, r))));
            head(d.v(), lane.sequence, lane.head, r).assign(Tensors.columns(dV, 0, D));
        }
        return d;
    }

    private boolean normalised() {
        return attention.form() == Form.NORMALISED;
    }

    /** The first D columns by the last one. */
    private INDArray divided(INDArray Y) {
        return Tensors.columns(Y, 0, D).dup('c').diviColumnVector(normaliser(Y));
    }

    private INDArray normaliser(INDArray Y) {
        return Tensors.columns(Y, D, D + 1).dup('c');
    }

    private INDArray dividedGradient(Lane lane, INDArray dOut) {
        if (!normalised()) {
            return dOut;
        }
        INDArray z = normaliser(lane.Y);
        INDArray dz = RowMath.rowDot(dOut, divided(lane.Y)).negi().divi(z);
        return Nd4j.concat(1, dOut.divColumnVector(z), dz);
    }

    /** φ: {@code elu(x) + 1}, or x itself. */
    private INDArray feature(INDArray x) {
        INDArray own = x.dup('c');
        if (!normalised()) {
            return own;
        }
        INDArray positive = own.gt(0).castTo(own.dataType());
        INDArray grown = own.mul(positive).addi(positive);
        return grown.addi(Transforms.exp(own.sub(own.mul(positive)), false).muli(positive.rsub(1)));
    }

    /** φ'. */
    private INDArray slope(INDArray x) {
        INDArray own = x.dup('c');
        if (!normalised()) {
            return Nd4j.onesLike(own);
        }
        INDArray positive = own.gt(0).castTo(own.dataType());
        return Transforms.exp(own.sub(own.mul(positive)), false); // e^0 where x is positive
    }

    /** The matrix without what lies above its diagonal. */
    private static INDArray lower(INDArray P) {
        for (int t = 0; t + 1 < P.size(0); t++) {
            Tensors.columns(Tensors.rows(P, t, t + 1), t + 1, P.size(1)).assign(0);
        }
        return P;
    }

    private INDArray read(RecurrentState state, int b, int h) {
        INDArray S = Tensors.at(state.tensor(LinearAttention.STATE), b, h).dup('c');
        return normalised()
                ? Nd4j.concat(
                        1,
                        S,
                        Tensors.at(state.tensor(LinearAttention.NORMALISER), b, h)
                                .dup('c')
                                .reshape(D, 1))
                : S;
    }

    private void write(RecurrentState state, int b, int h, INDArray S) {
        Tensors.at(state.tensor(LinearAttention.STATE), b, h).assign(Tensors.columns(S, 0, D));
        if (normalised()) {
            Tensors.at(state.tensor(LinearAttention.NORMALISER), b, h)
                    .assign(normaliser(S).reshape(D));
        }
    }

    /** The first r tokens of one head, a view [r, D]. */
    private INDArray head(INDArray x, int b, int h, int r) {
        return Tensors.columns(Tensors.rows(Tensors.at(x, b), 0, r), (long) h * D, (long) (h + 1) * D);
    }
}
