package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.param.Init;

/**
 * The inner model of TTT-MLP: f(x) = gelu(x W1 + b1) W2 + b2 with inner width F = 4D, W1 [D, F], b1 [1, F], W2 [F, D] and
 * b2 [1, D]. Its gradient uses the authors' rounded gelu' ({@link Gelu#roundedDerivative}).
 */
public final class MlpModel implements InnerModel {

    @Override
    public String name() {
        return "mlp";
    }

    @Override
    public List<InnerWeight> weights(int D) {
        int F = 4 * D;
        return List.of(
                new InnerWeight("W1", Init.normal(0.02), D, F),
                new InnerWeight("b1", Init.zeros(), 1, F),
                new InnerWeight("W2", Init.normal(0.02), F, D),
                new InnerWeight("b2", Init.zeros(), 1, D));
    }

    @Override
    public INDArray predict(List<INDArray> W, INDArray x) {
        INDArray X2 = Gelu.value(Matrices.dense(x, W.get(0), W.get(1)));
        return Matrices.dense(X2, W.get(2), W.get(3));
    }

    @Override
    public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
        INDArray Z1 = Matrices.dense(x, W.get(0), W.get(1));
        INDArray delta1 = Matrices.productT(cotangent, W.get(2)).muli(Gelu.roundedDerivative(Z1));
        return List.of(
                Matrices.tProduct(x, delta1),
                Matrices.sumRows(delta1),
                Matrices.tProduct(Gelu.value(Z1), cotangent),
                Matrices.sumRows(cotangent));
    }
}
