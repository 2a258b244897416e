package org.ttt4j.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Updates;
import org.ttt4j.param.Param;

/**
 * The optimiser: moments of every trained parameter, clipping over all of them, one step.
 *
 * @param <A> the executor's array type
 */
final class AdamW<A> {

    private final Executor<A> executor;
    private final Optimization settings;
    private final Updates<A> updates;
    private final Map<Param, A> first = new LinkedHashMap<>();
    private final Map<Param, A> second = new LinkedHashMap<>();

    AdamW(Executor<A> executor, Optimization settings, List<Param> trained) {
        this.executor = executor;
        this.settings = settings;
        this.updates = executor.updates();
        for (Param p : trained) {
            first.put(p, executor.zeros(p.shape()));
            second.put(p, executor.zeros(p.shape()));
        }
    }

    /** Euclidean norm of all gradients together. */
    double norm(Gradients<A> gradients) {
        double sum = 0;
        for (Param p : first.keySet()) {
            sum += updates.squaredNorm(gradients.of(p));
        }
        return Math.sqrt(sum);
    }

    /**
     * Moves all trained parameters.
     *
     * @param norm of the gradients
     * @param rate this step's learning rate
     * @param step from 1
     */
    void step(Gradients<A> gradients, double norm, double rate, long step) {
        double scale = settings.clip() > 0 && norm > settings.clip() ? settings.clip() / norm : 1;
        first.forEach((p, m) -> {
            double shrink = settings.decay().shrinks(p) ? settings.weightDecay() : 0;
            updates.adamW(
                    executor.weight(p),
                    gradients.of(p),
                    m,
                    second.get(p),
                    new Updates.AdamW(
                            rate, settings.beta1(), settings.beta2(), settings.epsilon(), shrink, scale, step));
        });
        executor.weightsChanged();
    }

    /** Sets all gradients to zero. */
    void clear(Gradients<A> gradients) {
        gradients.all().values().forEach(updates::clear);
    }

    /** Copies of the moments, by {@code prefix + key}. */
    void save(String firstPrefix, String secondPrefix, Map<String, INDArray> to) {
        first.forEach((p, m) -> to.put(firstPrefix + p.key(), executor.out(m)));
        second.forEach((p, v) -> to.put(secondPrefix + p.key(), executor.out(v)));
    }

    void restore(String firstPrefix, String secondPrefix, TrainerFile from) {
        first.replaceAll((p, m) -> executor.in(from.read(firstPrefix + p.key(), p.shape())));
        second.replaceAll((p, v) -> executor.in(from.read(secondPrefix + p.key(), p.shape())));
    }
}
