package org.ttt4j.inner;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * What every {@link InnerModel} must keep to, as one call for the tests of one's own model. It needs no test framework.
 */
public final class InnerModelContract {

    private static final int ROWS = 3;
    private static final int ENTRIES = 40; // of each weight, at most
    private static final double STEP = 1e-3;
    private static final double TOLERANCE = 1e-7;

    private final InnerModel model;
    private final Random random;
    private final List<InnerWeight> declared;
    private final List<INDArray> W;
    private final INDArray x;
    private final INDArray cotangent;

    private InnerModelContract(InnerModel model, int D, long seed) {
        this.model = model;
        this.random = new Random(seed);
        this.declared = model.weights(D);
        checkDeclarations();
        this.W = declared.stream().map(w -> normal(0.5, w.shape())).toList();
        this.x = normal(1, ROWS, D);
        this.cotangent = normal(1, ROWS, D);
    }

    /**
     * Checks in float64 with random weights and rows: declared names and shapes, shapes and finiteness of what the model
     * returns, rows predicted each by itself, the gradient against central differences (1e-7 of its largest entry, 40
     * entries of each weight at most), arguments left untouched, the same answer twice; and that float32 stays float32.
     *
     * @param D the head size to check with
     * @param seed of the random values
     * @throws TttException naming what failed
     */
    public static void check(InnerModel model, int D, long seed) {
        InnerModelContract contract = new InnerModelContract(model, D, seed);
        contract.checkPrediction();
        contract.checkGradient();
        contract.checkFloat();
    }

    private void checkDeclarations() {
        if (declared.isEmpty()) {
            throw broken("weights", "at least one", "none");
        }
        Set<String> names = new HashSet<>();
        for (InnerWeight w : declared) {
            if (!names.add(w.name())) {
                throw broken("weights", "distinct names", w.name() + " twice");
            }
            if (w.shape().length == 0 || Tensors.count(w.shape()) < 1) {
                throw broken("weight " + w.name(), "a shape of positive sizes", "none");
            }
        }
    }

    private void checkPrediction() {
        INDArray y = untouched(() -> model.predict(W, x));
        checkArray("prediction", y, DataType.DOUBLE, x.shape());
        checkSame("prediction, computed twice", y, model.predict(W, x), 0);
        for (int i = 0; i < ROWS; i++) {
            INDArray alone = model.predict(W, Tensors.rows(x, i, i + 1));
            checkArray("prediction of one row", alone, DataType.DOUBLE, 1, x.size(1));
            checkSame("prediction of row " + i + " by itself", Tensors.rows(y, i, i + 1), alone, 1e-12);
        }
    }

    private void checkGradient() {
        List<INDArray> gradient = untouched(() -> model.gradient(W, x, cotangent));
        if (gradient.size() != W.size()) {
            throw broken("gradient", W.size() + " arrays", gradient.size());
        }
        List<INDArray> again = model.gradient(W, x, cotangent);
        for (int i = 0; i < W.size(); i++) {
            String name = "gradient of " + declared.get(i).name();
            checkArray(name, gradient.get(i), DataType.DOUBLE, declared.get(i).shape());
            checkSame(name + ", computed twice", gradient.get(i), again.get(i), 0);
            checkDifferences(name, i, Tensors.toDoubles(gradient.get(i)));
        }
    }

    private void checkDifferences(String name, int weight, double[] gradient) {
        double scale = 1e-3;
        for (double g : gradient) {
            scale = Math.max(scale, Math.abs(g));
        }
        int entries = Math.min(ENTRIES, gradient.length);
        for (int n = 0; n < entries; n++) {
            int entry = entries == gradient.length ? n : random.nextInt(gradient.length);
            double difference = centralDifference(weight, entry);
            if (!(Math.abs(gradient[entry] - difference) <= TOLERANCE * scale)) {
                throw broken(name + "[" + entry + "]", difference + " (central difference)", gradient[entry]);
            }
        }
    }

    /** Fourth order in the step. */
    private double centralDifference(int weight, int entry) {
        double near = shifted(weight, entry, STEP) - shifted(weight, entry, -STEP);
        double far = shifted(weight, entry, 2 * STEP) - shifted(weight, entry, -2 * STEP);
        return (8 * near - far) / (12 * STEP);
    }

    /** ⟨cotangent, f(x)⟩ with one entry of one weight moved. */
    private double shifted(int weight, int entry, double by) {
        double[] values = Tensors.toDoubles(W.get(weight));
        values[entry] += by;
        List<INDArray> moved = new ArrayList<>(W);
        moved.set(weight, Tensors.of(values, declared.get(weight).shape()));
        return Matrices.inner(model.predict(moved, x), cotangent);
    }

    private void checkFloat() {
        List<INDArray> W32 = W.stream().map(w -> w.castTo(DataType.FLOAT)).toList();
        INDArray x32 = x.castTo(DataType.FLOAT);
        INDArray y = model.predict(W32, x32);
        checkArray("prediction in float32", y, DataType.FLOAT, x.shape());
        checkSame("prediction in float32", model.predict(W, x), y.castTo(DataType.DOUBLE), 1e-3);
        for (INDArray g : model.gradient(W32, x32, cotangent.castTo(DataType.FLOAT))) {
            checkArray("gradient in float32", g, DataType.FLOAT, g.shape());
        }
    }

    private void checkArray(String name, INDArray y, DataType type, long... shape) {
        Tensors.requireShape(model.name() + ": " + name, y, shape);
        if (y.dataType() != type) {
            throw broken(name, type, y.dataType());
        }
        for (double value : Tensors.toDoubles(y)) {
            if (!Double.isFinite(value)) {
                throw broken(name, "finite values", value);
            }
        }
    }

    private void checkSame(String name, INDArray expected, INDArray actual, double tolerance) {
        double[] e = Tensors.toDoubles(expected);
        double[] a = Tensors.toDoubles(actual);
        double scale = 1;
        for (double value : e) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < e.length; i++) {
            if (Math.abs(e[i] - a[i]) > tolerance * scale) {
                throw broken(name + "[" + i + "]", e[i], a[i]);
            }
        }
    }

    private interface Call<T> {
        T run();
    }

    /** Runs the call and checks that it has left its arguments as they were. */
    private <T> T untouched(Call<T> call) {
        List<INDArray> arguments = new ArrayList<>(W);
        arguments.add(x);
        arguments.add(cotangent);
        List<INDArray> before = arguments.stream().map(INDArray::dup).toList();
        T result = call.run();
        for (int i = 0; i < arguments.size(); i++) {
            String name = i < W.size() ? declared.get(i).name() : i == W.size() ? "x" : "cotangent";
            checkSame("argument " + name + ", after the call", before.get(i), arguments.get(i), 0);
        }
        return result;
    }

    private TttException broken(String name, Object expected, Object actual) {
        return TttException.mismatch(model.name() + ": " + name, expected, actual);
    }

    private INDArray normal(double std, long... shape) {
        double[] values = new double[Math.toIntExact(Tensors.count(shape))];
        for (int i = 0; i < values.length; i++) {
            values[i] = std * random.nextGaussian();
        }
        return Tensors.of(values, shape);
    }
}
