package org.ttt4j.probe;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.inner.InnerLossCurves;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.ForwardingOps;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.OpsDecorator;
import org.ttt4j.ops.State;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.reference.LaneStates;
import org.ttt4j.reference.ReferenceInnerLoop;

/**
 * Is the TTT layer alive? For every layer, sequence, head and token of a forward pass: the inner loss with the weights of
 * the sequence's start, with those of the token before, and with the token's own (figure 4 of the paper). On a trained
 * model they are ordered from high to low. The pass itself is not changed; the probe computes in the primal form beside it,
 * which is slow.
 */
public final class InnerLossProbe implements OpsDecorator {

    private final Map<String, InnerLossCurves[][]> layers = new LinkedHashMap<>();

    /**
     * What the last forward pass showed: by layer (the key of its {@link InnerSpec}), the curves of every sequence and head,
     * [B][H]; a sequence that brought no token has curves of length 0.
     */
    public Map<String, InnerLossCurves[][]> layers() {
        return layers;
    }

    /** The mean over the sequences that reach each token and all heads of one layer. */
    public static InnerLossCurves mean(InnerLossCurves[][] lanes) {
        int r = 0;
        for (InnerLossCurves[] heads : lanes) {
            r = Math.max(r, heads[0].atStart().length);
        }
        InnerLossCurves mean = new InnerLossCurves(new double[r], new double[r], new double[r]);
        for (int t = 0; t < r; t++) {
            int n = 0;
            for (InnerLossCurves[] heads : lanes) {
                for (InnerLossCurves lane : heads) {
                    if (t < lane.atStart().length) {
                        mean.atStart()[t] += lane.atStart()[t];
                        mean.before()[t] += lane.before()[t];
                        mean.after()[t] += lane.after()[t];
                        n++;
                    }
                }
            }
            mean.atStart()[t] /= n;
            mean.before()[t] /= n;
            mean.after()[t] /= n;
        }
        return mean;
    }

    @Override
    public <A> Ops<A> around(Ops<A> ops) {
        return new Probed<>(ops);
    }

    private final class Probed<A> extends ForwardingOps<A> {

        Probed(Ops<A> ops) {
            super(ops);
        }

        @Override
        public A innerLoop(InnerSpec inner, A q, A k, A v, A rate, Chunk chunk) {
            LaneStates states = new LaneStates(inner, dataType(), this::value, chunk.batch());
            states.restore(State.Form.EXACT, chunk.slot(inner).save(State.Form.EXACT));
            ReferenceInnerLoop loop = new ReferenceInnerLoop(inner, InnerForm.PRIMAL, this::value);
            INDArray K = out(k);
            layers.put(inner.key(), loop.lossCurves(states, K, out(v), out(rate), chunk));
            return super.innerLoop(inner, q, k, v, rate, chunk);
        }
    }
}
