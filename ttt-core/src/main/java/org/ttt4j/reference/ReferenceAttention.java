package org.ttt4j.reference;

import static org.ttt4j.reference.RowMath.product;
import static org.ttt4j.reference.RowMath.rowDot;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.ops.Vjp.Triple;
import org.ttt4j.tensor.Tensors;

/** Causal attention as its formula stands: the whole matrix of scores of every sequence and head. */
final class ReferenceAttention {

    private final Attention spec;

    ReferenceAttention(Attention spec) {
        this.spec = spec;
    }

    /** One head of one sequence: q and weights [r, ·] of the call's tokens; keys and values [n, D] of all tokens so far. */
    private record Head(int sequence, int number, INDArray q, INDArray K, INDArray V, INDArray P) {}

    /** All heads, and the shapes of queries and keys. */
    record Trace(List<Head> heads, Chunk chunk, long[] queryShape, long[] keyShape) {}

    INDArray forward(INDArray q, INDArray k, INDArray v, Chunk chunk) {
        return trace(q, k, v, chunk).output();
    }

    Traced<INDArray> trace(INDArray q, INDArray k, INDArray v, Chunk chunk) {
        Tensors.requireShape(spec.key() + " q", q, chunk.batch(), -1, spec.heads() * spec.headSize());
        Tensors.requireShape(spec.key() + " k", k, chunk.batch(), q.size(1), spec.keyValueHeads() * spec.headSize());
        Tensors.requireShape(spec.key() + " v", v, k.shape());
        KeyValues read = chunk.slot(spec, KeyValues.class);
        INDArray out = Nd4j.zeros(q.dataType(), q.shape());
        List<Head> heads = new ArrayList<>();
        for (int b = 0; b < chunk.batch(); b++) {
            int r = chunk.length(b);
            if (r == 0) {
                continue;
            }
            read.append(b, Nd4jOps.tokens(k, b, r), Nd4jOps.tokens(v, b, r));
            for (int h = 0; h < spec.heads(); h++) {
                Head head = head(read, b, h, head(Nd4jOps.tokens(q, b, r), h, spec.headSize()));
                place(product(head.P, head.V, false, false), out, b, h);
                heads.add(head);
            }
        }
        return new Traced<>(out, new Trace(heads, chunk, q.shape(), k.shape()));
    }

    private Head head(KeyValues read, int b, int h, INDArray q) {
        INDArray K = read.keys(b, keyValueHead(h));
        INDArray S = product(q, K, false, true).divi(Math.sqrt(spec.headSize()));
        int past = (int) (K.size(0) - q.size(0));
        for (int t = 0; t < q.size(0); t++) {
            for (int later = past + t + 1; later < K.size(0); later++) {
                S.putScalar(t, later, Double.NEGATIVE_INFINITY);
            }
        }
        INDArray P = Transforms.exp(S.subiColumnVector(S.max(true, 1)), false);
        P.diviColumnVector(P.sum(true, 1));
        return new Head(b, h, q, K, read.values(b, keyValueHead(h)), P);
    }

    private int keyValueHead(int head) {
        return head / (spec.heads() / spec.keyValueHeads());
    }

    Triple<INDArray> backward(Trace trace, INDArray dy) {
        INDArray dq = Nd4j.zeros(dy.dataType(), trace.queryShape);
        INDArray dk = Nd4j.zeros(dy.dataType(), trace.keyShape);
        INDArray dv = Nd4j.zeros(dy.dataType(), trace.keyShape);
        for (Head head : trace.heads) {
            int r = trace.chunk.length(head.sequence);
            int n = (int) head.K.size(0);
            INDArray dO = head(Nd4jOps.tokens(dy, head.sequence, r), head.number, spec.headSize());
            INDArray dP = product(dO, head.V, false, true);
            INDArray dS = dP.subColumnVector(rowDot(dP, head.P)).muli(head.P).divi(Math.sqrt(spec.headSize()));
            place(product(dS, head.K, false, false), dq, head.sequence, head.number);
            int keys = keyValueHead(head.number); // what earlier chunks left is constant
            place(Tensors.rows(product(dS, head.q, true, false), n - r, n), dk, head.sequence, keys);
            place(Tensors.rows(product(head.P, dO, true, false), n - r, n), dv, head.sequence, keys);
        }
        return new Triple<>(dq, dk, dv);
    }

    /** The columns of a head, dense. */
    static INDArray head(INDArray rows, int head, int size) {
        return Tensors.columns(rows, (long) head * size, (head + 1L) * size).dup('c');
    }

    /** Adds a head's rows where they belong in [B, L, heads · D]. */
    private void place(INDArray rows, INDArray all, int b, int head) {
        INDArray tokens = Nd4jOps.tokens(all, b, (int) rows.size(0));
        Tensors.columns(tokens, (long) head * spec.headSize(), (head + 1L) * spec.headSize())
                .addi(rows);
    }
}
