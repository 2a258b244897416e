package org.ttt4j.reference;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.Updates;

/** The optimiser's arithmetic on ND4J arrays. */
final class Nd4jUpdates implements Updates<INDArray> {

    @Override
    public double squaredNorm(INDArray x) {
        INDArray d = x.castTo(DataType.DOUBLE);
        return d.mul(d).sumNumber().doubleValue();
    }

    @Override
    public void adamW(INDArray w, INDArray g, INDArray m, INDArray v, AdamW step) {
        INDArray scaled = g.mul(step.gradientScale());
        m.muli(step.beta1()).addi(scaled.mul(1 - step.beta1()));
        v.muli(step.beta2()).addi(scaled.muli(scaled).muli(1 - step.beta2()));
        double correction1 = 1 - Math.pow(step.beta1(), step.step());
        double correction2 = 1 - Math.pow(step.beta2(), step.step());
        INDArray denominator = RowMath.sqrt(v.div(correction2)).addi(step.epsilon());
        w.muli(1 - step.learningRate() * step.weightDecay());
        w.subi(m.div(denominator).muli(step.learningRate() / correction1));
    }

    @Override
    public void clear(INDArray x) {
        x.assign(0);
    }
}
