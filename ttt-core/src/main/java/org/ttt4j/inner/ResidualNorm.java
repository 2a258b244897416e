package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * f(x) = x + LN(g(x; W); γ, β) around another inner model g (paper, section 2.7), with ε = 1e-6 and the biased variance.
 * With {@link SquaredError} this is the inner task of a TTT layer: fitting f(k) to v asks LN(g(k)) to be v - k, and the
 * layer's output is f(q). γ and β belong to the outer loop: the inner one does not learn them.
 */
public final class ResidualNorm implements InnerModel {

    private final InnerModel model;
    private final INDArray gamma; // [1, D]
    private final INDArray beta; // [1, D]

    /**
     * @param model g
     * @param gamma γ, D values
     * @param beta β, D values
     */
    public ResidualNorm(InnerModel model, INDArray gamma, INDArray beta) {
        this.model = model;
        this.gamma = gamma.reshape(1, gamma.length());
        this.beta = beta.reshape(1, beta.length());
    }

    @Override
    public String name() {
        return "residual norm of " + model.name();
    }

    @Override
    public List<InnerWeight> weights(int D) {
        return model.weights(D);
    }

    @Override
    public INDArray predict(List<INDArray> W, INDArray x) {
        return RowNorm.of(model.predict(W, x)).xhat().mul(gamma).addi(beta).addi(x);
    }

    @Override
    public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
        RowNorm norm = RowNorm.of(model.predict(W, x));
        return model.gradient(W, x, norm.jacobian(cotangent.mul(gamma)));
    }
}
