package org.ttt4j.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.data.Batch;
import org.ttt4j.data.TrainingWindows;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

/**
 * A model and its optimiser: takes one step after the other.
 *
 * @param <A> the executor's array type
 */
public final class Learner<A> implements AutoCloseable {

    private static final String FIRST_MOMENT = "adam_m.";
    private static final String SECOND_MOMENT = "adam_v.";
    private static final String STATE = "state.";

    private final LanguageModel<A> model;
    private final TrainingPlan plan;
    private final Gradients<A> gradients;
    private final AdamW<A> optimizer;
    /** What the next batch goes on from; null where it begins anew. */
    private SequenceState carried;

    /** What a step tells: the mean loss before it, and the norm of the gradient before clipping. */
    public record Outcome(double loss, double gradientNorm) {}

    /** A model as it is, and an optimiser that has seen nothing. */
    public Learner(LanguageModel<A> model, TrainingPlan plan) {
        this.model = model;
        this.plan = plan;
        List<Param> trained = plan.optimization().trained(model.lm().params());
        Executor<A> executor = model.executor();
        gradients = new Gradients<>(p -> executor.zeros(p.shape()), new HashSet<>(trained)::contains);
        optimizer = new AdamW<>(executor, plan.optimization(), trained);
    }

    LanguageModel<A> model() {
        return model;
    }

    /**
     * Reads the step's batches and moves the weights once.
     *
     * @param step from 1
     * @throws TttException if the loss or the gradient is not finite; the weights have not moved then
     */
    public Outcome step(TrainingWindows windows, long step) {
        List<Batch> batches = new ArrayList<>();
        List<Boolean> continuing = new ArrayList<>();
        for (int i = 0; i < plan.accumulation(); i++) {
            continuing.add(windows.continues());
            batches.add(windows.next());
        }
        long targets = batches.stream().mapToLong(Batch::targetCount).sum();
        optimizer.clear(gradients);
        double loss = 0;
        for (int i = 0; i < batches.size(); i++) {
            SequenceState state = continuing.get(i) && carried != null ? carried : model.newState(plan.batch());
            loss += backward(batches.get(i), state, targets, plan.innerWarmup().multiplier(step));
            carried = plan.reading() == Reading.CARRIED ? state : null;
        }
        loss = requireFinite("loss", loss / targets, step);
        double norm = requireFinite("gradient's norm", optimizer.norm(gradients), step);
        optimizer.step(gradients, norm, plan.optimization().schedule().at(step, plan.steps()), step);
        return new Outcome(loss, norm);
    }

    /**
     * Adds the gradient of one batch.
     *
     * @param targets number of targets over which the step's loss is a mean
     * @return the sum of the batch's losses
     */
    private double backward(Batch batch, SequenceState state, long targets, double rateMultiplier) {
        Chunk chunk = model.begin(batch.inputs(), state).withRateMultiplier(rateMultiplier);
        return model.addGradients(batch.inputs(), batch.targets(), chunk, gradients, 1.0 / targets);
    }

    static double requireFinite(String what, double value, long step) {
        if (!Double.isFinite(value)) {
            throw TttException.mismatch(what + " at step " + step, "a finite number (a lower --lr may help)", value);
        }
        return value;
    }

    /** Everything that the next step depends on, but for the data and the plan. */
    Map<String, INDArray> save() {
        Map<String, INDArray> all = new LinkedHashMap<>();
        model.lm().params().forEach(p -> all.put(TrainerFile.WEIGHT + p.key(), model.weight(p)));
        optimizer.save(FIRST_MOMENT, SECOND_MOMENT, all);
        if (carried != null) {
            carried.save(State.Form.EXACT).forEach((name, x) -> all.put(STATE + name, x));
        }
        return all;
    }

    /** Takes over the moments and the carried state; the weights are the model's already. */
    void restore(TrainerFile file) {
        optimizer.restore(FIRST_MOMENT, SECOND_MOMENT, file);
        Map<String, INDArray> state = file.readAll(STATE);
        if (!state.isEmpty()) {
            carried = model.newState(plan.batch());
            carried.restore(State.Form.EXACT, state);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
