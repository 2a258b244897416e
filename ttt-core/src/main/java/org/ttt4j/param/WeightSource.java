package org.ttt4j.param;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;

/** Where an executor gets a model's values from: a checkpoint, an initialisation, another executor. */
public interface WeightSource {

    /**
     * The values of one parameter, in the source's own type.
     *
     * @throws org.ttt4j.tensor.TttException if the source lacks it or has it in another shape
     */
    INDArray read(Param p);

    /**
     * The values of one parameter, for an executor that takes them over piece by piece and never holds all of them twice.
     *
     * @throws org.ttt4j.tensor.TttException if the source lacks it or has it in another shape
     */
    default Values values(Param p) {
        float[] all = Tensors.toFloats(Tensors.requireShape(p.key(), read(p), p.shape()));
        return (from, to, at, n) -> System.arraycopy(all, Math.toIntExact(from), to, at, n);
    }

    /**
     * Checks before anything is read that the source can serve all of them, and reports everything that is wrong at once.
     *
     * @throws org.ttt4j.tensor.TttException listing missing, unexpected and mis-shaped keys
     */
    default void check(List<Param> params) {}

    /** The parameters' own initialisation. */
    static WeightSource init(long seed) {
        return p -> Tensors.of(p.init().values(p.key(), seed, Math.toIntExact(p.count())), p.shape());
    }
}
