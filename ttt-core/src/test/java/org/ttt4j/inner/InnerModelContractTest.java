package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.param.Init;
import org.ttt4j.tensor.TttException;

class InnerModelContractTest {

    /** A model of one's own: x ∘ w, with places to break it. */
    private static class Scaling implements InnerModel {

        @Override
        public String name() {
            return "scaling";
        }

        @Override
        public List<InnerWeight> weights(int D) {
            return List.of(new InnerWeight("w", Init.ones(), 1, D));
        }

        @Override
        public INDArray predict(List<INDArray> W, INDArray x) {
            return x.mul(W.get(0));
        }

        @Override
        public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
            return List.of(x.mul(cotangent).sum(true, 0));
        }
    }

    static Stream<InnerModel> models() {
        INDArray gamma = Lanes.normal(new Random(1), 1, 5);
        INDArray beta = Lanes.normal(new Random(2), 1, 5);
        return Stream.of(
                new LinearModel(), new MlpModel(), new ResidualNorm(new MlpModel(), gamma, beta), new Scaling());
    }

    @ParameterizedTest
    @MethodSource("models")
    void goodModelsPass(InnerModel model) {
        InnerModelContract.check(model, 5, 3);
    }

    @Test
    void aWrongGradientIsNamed() {
        assertBroken("gradient of w[", new Scaling() {
            @Override
            public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
                return List.of(super.gradient(W, x, cotangent).get(0).mul(1 + 1e-6));
            }
        });
    }

    @Test
    void aChangedArgumentIsNamed() {
        assertBroken("argument x", new Scaling() {
            @Override
            public INDArray predict(List<INDArray> W, INDArray x) {
                return x.muli(W.get(0));
            }
        });
        assertBroken("argument cotangent", new Scaling() {
            @Override
            public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
                return List.of(cotangent.muli(x).sum(true, 0));
            }
        });
    }

    @Test
    void aWrongShapeIsNamed() {
        assertBroken("prediction", new Scaling() {
            @Override
            public INDArray predict(List<INDArray> W, INDArray x) {
                return x.mul(W.get(0)).transpose();
            }
        });
        assertBroken("gradient of w", new Scaling() {
            @Override
            public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
                return List.of(x.mul(cotangent));
            }
        });
    }

    @Test
    void rowsThatMixAreNamed() {
        assertBroken("row 0 by itself", new Scaling() {
            @Override
            public INDArray predict(List<INDArray> W, INDArray x) {
                return x.sub(x.mean(true, 0)).mul(W.get(0));
            }
        });
    }

    @Test
    void anotherAnswerTheSecondTimeIsNamed() {
        assertBroken("computed twice", new Scaling() {
            private int calls;

            @Override
            public INDArray predict(List<INDArray> W, INDArray x) {
                calls++;
                return super.predict(W, x).add(1e-9 * calls);
            }
        });
    }

    @Test
    void valuesThatAreNotFiniteAreNamed() {
        assertBroken("finite", new Scaling() {
            @Override
            public INDArray predict(List<INDArray> W, INDArray x) {
                return super.predict(W, x).putScalar(3, Double.NaN);
            }
        });
    }

    @Test
    void float32MustStayFloat32() {
        assertBroken("float32", new Scaling() {
            @Override
            public INDArray predict(List<INDArray> W, INDArray x) {
                return super.predict(W, x).castTo(DataType.DOUBLE);
            }
        });
    }

    private static void assertBroken(String named, InnerModel model) {
        TttException e = assertThrows(TttException.class, () -> InnerModelContract.check(model, 5, 4));
        assertTrue(e.getMessage().startsWith("scaling: ") && e.getMessage().contains(named), e.getMessage());
    }
}
