package org.ttt4j.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.inner.DualForm;
import org.ttt4j.inner.GradientLearner;
import org.ttt4j.inner.InnerLossCurves;
import org.ttt4j.inner.InnerModel;
import org.ttt4j.inner.LaneGradients;
import org.ttt4j.inner.LaneInput;
import org.ttt4j.inner.LaneState;
import org.ttt4j.inner.LaneTrace;
import org.ttt4j.inner.PositionFactor;
import org.ttt4j.inner.PrimalInnerLoop;
import org.ttt4j.inner.ResidualNorm;
import org.ttt4j.inner.SquaredError;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Vjp.InnerInputs;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * One layer's inner loop on ND4J arrays: lane after lane (a sequence and a head), each on its own. It runs any inner model:
 * the built-in ones in the asked form, a user's own in the primal form.
 */
public final class ReferenceInnerLoop {

    private final InnerSpec spec;
    private final InnerForm form;
    private final INDArray gamma;
    private final INDArray beta;
    private final INDArray tokenIdx;
    private final INDArray a;

    /** @param weight the values of parameters, all of the type to compute in */
    public ReferenceInnerLoop(InnerSpec spec, InnerForm form, Function<Param, INDArray> weight) {
        this.spec = spec;
        this.form = DualForm.supports(spec.model()) ? form : InnerForm.PRIMAL;
        this.gamma = weight.apply(spec.normWeight());
        this.beta = weight.apply(spec.normBias());
        this.tokenIdx = weight.apply(spec.tokenIdx());
        this.a = PositionFactor.of(tokenIdx);
    }

    /** What the way back needs. */
    record Trace(List<LaneTrace> lanes, Chunk chunk, long[] shape) {}

    /** The lanes' work, for sequences that bring tokens. */
    private interface LaneWork {
        void run(int b, int h, LaneInput in, LaneState lane);
    }

    /** As {@link org.ttt4j.ops.Ops#innerLoop}. */
    public INDArray forward(INDArray q, INDArray k, INDArray v, INDArray rate, Chunk chunk) {
        INDArray out = Nd4j.zeros(q.dataType(), q.shape());
        forEachLane(q, k, v, rate, chunk, (b, h, in, lane) -> head(out, b, h, in.tokens())
                .assign(run(h, in, lane, chunk.position(b))));
        return out;
    }

    private INDArray run(int h, LaneInput in, LaneState lane, int position) {
        return form == InnerForm.DUAL
                ? DualForm.of(spec.model()).forward(lane, position, in)
                : PrimalInnerLoop.run(
                        learner(h, lane.weights()).resume(lane, position), in.XQ(), in.XK(), in.XV(), in.rate());
    }

    /**
     * The learner of one head: f(x) = x + LN(inner model), squared error, mini-batch gradient descent.
     *
     * @param start its start weights
     */
    GradientLearner learner(int h, List<INDArray> start) {
        InnerModel f = new ResidualNorm(
                spec.model(), Tensors.at(gamma, h).dup(), Tensors.at(beta, h).dup());
        return new GradientLearner(f, new SquaredError(), start, a);
    }

    /**
     * The three inner losses of every sequence and head, [B][H], in the primal form. Nothing is changed.
     *
     * @param states the state before the chunk
     */
    public InnerLossCurves[][] lossCurves(LaneStates states, INDArray k, INDArray v, INDArray rate, Chunk chunk) {
        InnerLossCurves[][] curves = new InnerLossCurves[chunk.batch()][spec.heads()];
        for (int b = 0; b < chunk.batch(); b++) {
            for (int h = 0; h < spec.heads(); h++) {
                int r = chunk.length(b);
                GradientLearner learner = learner(h, states.startWeights(h));
                curves[b][h] = r == 0
                        ? new InnerLossCurves(new double[0], new double[0], new double[0])
                        : InnerLossCurves.of(
                                new SquaredError(),
                                learner.start(),
                                learner.resume(states.lane(b, h).copy(), chunk.position(b)),
                                head(k, b, h, r).dup('c'),
                                head(v, b, h, r).dup('c'),
                                rateOf(rate, b, h, r).dup('c').reshape(r));
            }
        }
        return curves;
    }

    Traced<INDArray> trace(INDArray q, INDArray k, INDArray v, INDArray rate, Chunk chunk, int checkpointEvery) {
        requireGradient();
        INDArray out = Nd4j.zeros(q.dataType(), q.shape());
        List<LaneTrace> traces = new ArrayList<>();
        forEachLane(q, k, v, rate, chunk, (b, h, in, lane) -> {
            LaneState after = lane.copy();
            LaneTrace trace = DualForm.of(spec.model()).trace(after, chunk.position(b), in, checkpointEvery);
            traces.add(trace);
            // the primal form runs too, where it is asked for: its output is what the outer loss sees
            INDArray y = form == InnerForm.DUAL ? trace.output() : run(h, in, lane, chunk.position(b));
            if (form == InnerForm.DUAL) {
                chunk.slot(spec, LaneStates.class).replace(b, h, after);
            }
            head(out, b, h, in.tokens()).assign(y);
        });
        return new Traced<>(out, new Trace(traces, chunk, q.shape()));
    }

    private void requireGradient() {
        if (!DualForm.supports(spec.model())) {
            throw TttException.mismatch(
                    "inner model in training",
                    "TTT-Linear or TTT-MLP, whose outer gradients are known",
                    spec.model().name());
        }
    }

    InnerInputs<INDArray> backward(Trace trace, INDArray dOut, Gradients<INDArray> gradients) {
        Chunk chunk = trace.chunk();
        INDArray dq = Nd4j.zeros(dOut.dataType(), trace.shape());
        INDArray dk = dq.dup();
        INDArray dv = dq.dup();
        INDArray drate = Nd4j.zeros(dOut.dataType(), trace.shape()[0], trace.shape()[1], spec.heads());
        int next = 0;
        for (int b = 0; b < chunk.batch(); b++) {
            int r = chunk.length(b);
            for (int h = 0; r > 0 && h < spec.heads(); h++) {
                LaneGradients d = DualForm.of(spec.model())
                        .backward(trace.lanes().get(next++), head(dOut, b, h, r).dup('c'));
                head(dq, b, h, r).assign(d.dXQ());
                head(dk, b, h, r).assign(d.dXK());
                head(dv, b, h, r).assign(d.dXV());
                rateOf(drate, b, h, r).assign(d.drate().reshape(r, 1));
                addParameters(h, d, chunk.position(b) == 0, gradients);
            }
        }
        return new InnerInputs<>(dq, dk, dv, drate);
    }

    private void addParameters(int h, LaneGradients d, boolean fromStart, Gradients<INDArray> gradients) {
        if (gradients.wants(spec.normWeight())) {
            Tensors.at(gradients.of(spec.normWeight()), h).addi(d.dgamma());
        }
        if (gradients.wants(spec.normBias())) {
            Tensors.at(gradients.of(spec.normBias()), h).addi(d.dbeta());
        }
        if (gradients.wants(spec.tokenIdx())) {
            gradients.of(spec.tokenIdx()).addi(PositionFactor.gradient(tokenIdx, d.da()));
        }
        for (int i = 0; fromStart && i < spec.weights().size(); i++) {
            if (gradients.wants(spec.weights().get(i))) {
                Tensors.at(gradients.of(spec.weights().get(i)), h).addi(d.dW().get(i));
            }
        }
    }

    private void forEachLane(INDArray q, INDArray k, INDArray v, INDArray rate, Chunk chunk, LaneWork work) {
        LaneStates states = chunk.slot(spec, LaneStates.class);
        for (int b = 0; b < chunk.batch(); b++) {
            int r = chunk.length(b);
            for (int h = 0; r > 0 && h < spec.heads(); h++) {
                work.run(b, h, input(b, h, r, q, k, v, rate), states.lane(b, h));
            }
        }
    }

    /** What one head of one sequence reads. */
    LaneInput input(int b, int h, int r, INDArray q, INDArray k, INDArray v, INDArray rate) {
        return new LaneInput(
                head(q, b, h, r).dup('c'),
                head(k, b, h, r).dup('c'),
                head(v, b, h, r).dup('c'),
                rateOf(rate, b, h, r).dup('c').reshape(r),
                a,
                Tensors.at(gamma, h).dup(),
                Tensors.at(beta, h).dup());
    }

    /** The first r tokens of one head, a view [r, D]. */
    private INDArray head(INDArray x, int b, int h, int r) {
        int from = h * spec.headSize();
        return Tensors.columns(Tensors.rows(Tensors.at(x, b), 0, r), from, from + spec.headSize());
    }

    private static INDArray rateOf(INDArray rate, int b, int h, int r) {
        return Tensors.columns(Tensors.rows(Tensors.at(rate, b), 0, r), h, h + 1);
    }
}
