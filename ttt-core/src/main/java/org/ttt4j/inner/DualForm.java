package org.ttt4j.inner;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * The inner loop of a TTT layer in dual form (paper, section 2.5) with its exact gradients: matrix products over the tokens
 * of a mini-batch instead of one weight update per token. It equals {@link PrimalInnerLoop} with {@link ResidualNorm},
 * {@link SquaredError} and {@link GradientLearner}, for a chunk of any length that begins anywhere in a mini-batch.
 */
public final class DualForm {

    private final InnerModel model;
    private final Segment.Factory segments;

    private DualForm(InnerModel model, Segment.Factory segments) {
        this.model = model;
        this.segments = segments;
    }

    /**
     * The dual form of an inner model.
     *
     * @throws TttException if the model has none; the primal loop runs every model
     */
    public static DualForm of(InnerModel model) {
        if (model instanceof LinearModel) {
            return new DualForm(model, LinearSegment::new);
        }
        if (model instanceof MlpModel) {
            return new DualForm(model, MlpSegment::new);
        }
        throw TttException.mismatch("inner model with a dual form", "linear or mlp", model.name());
    }

    /** Whether a model has a dual form. */
    public static boolean supports(InnerModel model) {
        return model instanceof LinearModel || model instanceof MlpModel;
    }

    /**
     * How many tokens of a mini-batch are kept as rows before they are folded into running sums. Folding bounds the work
     * per token and the state for large K. It happens at fixed places counted from the mini-batch's start, so no way of
     * cutting a sequence into chunks changes the result.
     */
    public static int rowLimit(int K, int D) {
        return Math.min(K, Math.max(16, D / 2));
    }

    /**
     * Runs over the next r tokens of a lane.
     *
     * @param state where the lane stands; advanced in place, untouched if anything is wrong with the input
     * @param position how many tokens the state has seen
     * @return q + LN(z̄), [r, D]
     */
    public INDArray forward(LaneState state, int position, LaneInput in) {
        check(state, position, in);
        List<INDArray> out = new ArrayList<>();
        for (Cut cut : cuts(position, in)) {
            out.add(advance(state, SegmentInput.of(in, cut)).output());
        }
        return stack(out);
    }

    /**
     * Like {@link #forward}, and keeps what {@link #backward} needs.
     *
     * @param group mini-batches per kept state; 0: about the root of their number, which needs the least memory
     */
    public LaneTrace trace(LaneState state, int position, LaneInput in, int group) {
        check(state, position, in);
        List<INDArray> out = new ArrayList<>();
        List<LaneTrace.Group> groups = new ArrayList<>();
        for (List<Cut> cuts : groups(cuts(position, in), group)) {
            groups.add(new LaneTrace.Group(state.copy(), cuts));
            for (Cut cut : cuts) {
                out.add(advance(state, SegmentInput.of(in, cut)).output());
            }
        }
        return new LaneTrace(in, groups, stack(out));
    }

    /**
     * The gradients of ⟨dOut, output⟩ at everything that the chunk was computed from. What earlier chunks left in the
     * unfinished mini-batch counts as constant.
     *
     * @param dOut [r, D]
     */
    public LaneGradients backward(LaneTrace trace, INDArray dOut) {
        LaneInput in = trace.input();
        Tensors.requireShape(
                "gradient at the inner loop's output", dOut, in.XQ().shape());
        Carry carry = new Carry(trace.groups().get(0).state().weights());
        LaneGradients gradients = LaneGradients.zeros(in, carry);
        for (int i = trace.groups().size() - 1; i >= 0; i--) {
            LaneTrace.Group group = trace.groups().get(i);
            LaneState state = group.state().copy();
            List<Segment> kept = new ArrayList<>();
            for (Cut cut : group.cuts()) {
                kept.add(advance(state, SegmentInput.of(in, cut)));
            }
            for (int j = kept.size() - 1; j >= 0; j--) {
                Cut cut = group.cuts().get(j);
                INDArray rows = Tensors.rows(dOut, cut.from(), cut.from() + cut.length());
                store(gradients, cut, kept.get(j).backward(rows, carry));
            }
        }
        return gradients;
    }

    private Segment advance(LaneState state, SegmentInput in) {
        Segment segment = segments.of(state.copy(), in);
        segment.advance(state, in);
        return segment;
    }

    private static void store(LaneGradients all, Cut cut, SegmentGradients part) {
        int from = cut.from();
        int to = from + cut.length();
        Tensors.rows(all.dXQ(), from, to).assign(part.dXQ());
        Tensors.rows(all.dXK(), from, to).assign(part.dXK());
        Tensors.rows(all.dXV(), from, to).assign(part.dXV());
        Tensors.rows(all.drate(), from, to).assign(part.drate().reshape(cut.length()));
        Tensors.rows(all.da(), cut.offset(), cut.offset() + cut.length())
                .addi(part.da().reshape(cut.length()));
        all.dgamma().addi(part.dgamma().reshape(part.dgamma().length()));
        all.dbeta().addi(part.dbeta().reshape(part.dbeta().length()));
    }

    private static List<Cut> cuts(int position, LaneInput in) {
        int K = in.miniBatch();
        return Cut.of(position, in.tokens(), K, rowLimit(K, in.headSize()));
    }

    /** Whole mini-batches, {@code size} at a time. */
    private static List<List<Cut>> groups(List<Cut> cuts, int size) {
        long batches = cuts.stream().skip(1).filter(Cut::opensMiniBatch).count() + 1;
        long limit = size > 0 ? size : (long) Math.ceil(Math.sqrt(batches));
        List<List<Cut>> groups = new ArrayList<>();
        long inGroup = limit;
        for (Cut cut : cuts) {
            if (cut.opensMiniBatch() || groups.isEmpty()) {
                inGroup++;
                if (inGroup > limit) {
                    groups.add(new ArrayList<>());
                    inGroup = 1;
                }
            }
            groups.get(groups.size() - 1).add(cut);
        }
        return groups;
    }

    private static INDArray stack(List<INDArray> parts) {
        return parts.size() == 1 ? parts.get(0) : Nd4j.concat(0, parts.toArray(new INDArray[0]));
    }

    private void check(LaneState state, int position, LaneInput in) {
        if (position < 0) {
            throw TttException.mismatch("position", "0 or more", position);
        }
        List<InnerWeight> weights = model.weights(in.headSize());
        if (state.weights().size() != weights.size()) {
            throw TttException.mismatch(
                    "inner weights of " + model.name(),
                    weights.size(),
                    state.weights().size());
        }
        for (int i = 0; i < weights.size(); i++) {
            INDArray W = state.weights().get(i);
            Tensors.requireShape(
                    "inner weight " + weights.get(i).name(), W, weights.get(i).shape());
            if (W.dataType() != in.XQ().dataType()) {
                throw TttException.mismatch(
                        "inner weight " + weights.get(i).name(), in.XQ().dataType(), W.dataType());
            }
        }
        int seen = position % in.miniBatch();
        if (state.rowCount() > seen) {
            throw TttException.mismatch("stored rows at position " + position, "at most " + seen, state.rowCount());
        }
    }
}
