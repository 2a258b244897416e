package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.param.Init;

/** The inner model of TTT-Linear: f(x) = x W1 + b1 with W1 [D, D] and b1 [1, D]. */
public final class LinearModel implements InnerModel {

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public List<InnerWeight> weights(int D) {
        return List.of(new InnerWeight("W1", Init.normal(0.02), D, D), new InnerWeight("b1", Init.zeros(), 1, D));
    }

    @Override
    public INDArray predict(List<INDArray> W, INDArray x) {
        return Matrices.dense(x, W.get(0), W.get(1));
    }

    @Override
    public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
        return List.of(Matrices.tProduct(x, cotangent), Matrices.sumRows(cotangent));
    }
}
