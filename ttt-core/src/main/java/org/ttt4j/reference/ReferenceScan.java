package org.ttt4j.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.Vjp.ScanInputs;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.Tensors;

/** Mamba's recurrence on ND4J arrays, token by token as it is defined. */
final class ReferenceScan {

    private final SelectiveScan scan;
    private final INDArray A; // [E, S]
    private final INDArray skip; // [1, E]

    ReferenceScan(SelectiveScan scan, Function<Param, INDArray> weight) {
        this.scan = scan;
        A = Transforms.exp(weight.apply(scan.logA()), true).negi();
        skip = RowMath.row(weight.apply(scan.skip()));
    }

    /** What the way back needs: the inputs and, of every sequence, the states [E, S] before each token and after the last. */
    record Trace(INDArray x, INDArray delta, INDArray b, INDArray c, Chunk chunk, List<List<INDArray>> states) {}

    Traced<INDArray> trace(INDArray x, INDArray delta, INDArray b, INDArray c, Chunk chunk) {
        INDArray y = Nd4j.zeros(x.dataType(), x.shape());
        INDArray all = chunk.slot(scan, RecurrentState.class).tensor(SelectiveScan.STATE);
        List<List<INDArray>> states = new ArrayList<>();
        for (int i = 0; i < chunk.batch(); i++) {
            INDArray s = Tensors.at(all, i).dup('c');
            List<INDArray> passed = new ArrayList<>(List.of(s));
            for (int t = 0; t < chunk.length(i); t++) {
                INDArray xt = token(x, i, t);
                INDArray step = softplus(token(delta, i, t));
                INDArray entering = RowMath.product(step.mul(xt), token(b, i, t), true, false);
                s = decay(step).muli(s).addi(entering);
                INDArray leaving = RowMath.product(token(c, i, t), s, false, true);
                token(y, i, t).assign(leaving.addi(xt.mul(skip)));
                passed.add(s);
            }
            Tensors.at(all, i).assign(s);
            states.add(passed);
        }
        return new Traced<>(y, new Trace(x, delta, b, c, chunk, states));
    }

    ScanInputs<INDArray> backward(Trace trace, INDArray dy, Gradients<INDArray> gradients) {
        ScanInputs<INDArray> d = new ScanInputs<>(
                Nd4j.zerosLike(trace.x), Nd4j.zerosLike(trace.delta), Nd4j.zerosLike(trace.b), Nd4j.zerosLike(trace.c));
        INDArray dA = Nd4j.zerosLike(A);
        INDArray dSkip = Nd4j.zerosLike(skip);
        for (int i = 0; i < trace.chunk.batch(); i++) {
            INDArray ds = Nd4j.zerosLike(A); // the gradient at the state after token t
            for (int t = trace.chunk.length(i) - 1; t >= 0; t--) {
                ds = token(trace, i, t, dy, ds, d, dA, dSkip);
            }
        }
        if (gradients.wants(scan.logA())) {
            gradients.of(scan.logA()).addi(dA.mul(A)); // A is its own derivative by log(-A)
        }
        if (gradients.wants(scan.skip())) {
            RowMath.row(gradients.of(scan.skip())).addi(dSkip);
        }
        return d;
    }

    /** One token back: returns the gradient at the state before it. */
    private INDArray token(
            Trace trace,
            int i,
            int t,
            INDArray dy,
            INDArray after,
            ScanInputs<INDArray> d,
            INDArray dA,
            INDArray dSkip) {
        INDArray x = token(trace.x, i, t);
        INDArray delta = token(trace.delta, i, t);
        INDArray step = softplus(delta);
        INDArray decay = decay(step);
        INDArray before = trace.states.get(i).get(t);
        INDArray dyt = token(dy, i, t);

        token(d.c(), i, t).assign(RowMath.product(dyt, trace.states.get(i).get(t + 1), false, false));
        INDArray ds = after.add(RowMath.product(dyt, token(trace.c, i, t), true, false));
        INDArray dEntering = RowMath.product(token(trace.b, i, t), ds, false, true); // at step ∘ x
        token(d.b(), i, t).assign(RowMath.product(step.mul(x), ds, false, false));
        INDArray dExponent = ds.mul(before).muli(decay); // at step A
        dA.addi(dExponent.mulColumnVector(step.reshape(step.length(), 1)));
        dSkip.addi(dyt.mul(x));
        token(d.x(), i, t).assign(dEntering.mul(step).addi(dyt.mul(skip)));
        INDArray dStep = RowMath.row(dExponent.mul(A).sum(1)).addi(dEntering.mul(x));
        token(d.delta(), i, t).assign(dStep.muli(RowMath.sigmoid(delta)));
        return ds.muli(decay);
    }

    /** {@code exp(step A)}, [E, S]. */
    private INDArray decay(INDArray step) {
        return Transforms.exp(A.mulColumnVector(step.reshape(step.length(), 1)), false);
    }

    /** {@code log(1 + e^x)} without overflow, and accurate where it is small. */
    private static INDArray softplus(INDArray x) {
        double[] y = Arrays.stream(Tensors.toDoubles(x))
                .map(v -> Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))))
                .toArray();
        return RowMath.cast(y, x.dataType(), x.shape());
    }

    /** A token's row, a view [1, width]. */
    private static INDArray token(INDArray x, int sequence, int t) {
        return Tensors.rows(Tensors.at(x, sequence), t, t + 1);
    }
}
