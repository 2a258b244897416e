package org.ttt4j.speed;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;

/**
 * Weights for timing: of the scale that the initialisation gives, evenly distributed, and made many times faster. For training
 * use {@link WeightSource#init}.
 */
public final class RandomWeights implements WeightSource {

    private final long seed;

    public RandomWeights(long seed) {
        this.seed = seed;
    }

    @Override
    public INDArray read(Param p) {
        Init init = p.init();
        float[] values = new float[Math.toIntExact(p.count())];
        if (init.kind() == Init.Kind.CONSTANT) {
            Arrays.fill(values, (float) init.scale());
        } else {
            // An even distribution on ±√3 has standard deviation 1.
            float bound = (float) (init.scale() * (init.kind() == Init.Kind.NORMAL ? Math.sqrt(3) : 1));
            SplittableRandom random = new SplittableRandom(seed ^ p.key().hashCode());
            float unit = bound / Integer.MAX_VALUE;
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt() * unit;
            }
        }
        return Tensors.of(values, p.shape());
    }
}
