package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The float32 backward against central differences of the double-precision twin. */
class InnerGradientTest {

    private static final Workers ALONE = new Workers(1);
    private static final int SAMPLES = 12;

    record Setting(InnerShape shape, int earlier, int length, int group) {}

    /** Every setting on every kernel. */
    static Stream<Arguments> cases() {
        return InnerKernels.names().stream().flatMap(kernel -> settings().map(setting -> arguments(kernel, setting)));
    }

    private static Stream<Setting> settings() {
        return Stream.of(
                new Setting(InnerShape.linear(3, 4, 4), 0, 11, 0),
                new Setting(InnerShape.linear(1, 6, 1), 0, 5, 2),
                new Setting(InnerShape.linear(2, 12, 16), 0, 33, 1),
                new Setting(InnerShape.linear(1, 12, 16), 5, 30, 1),
                new Setting(InnerShape.linear(1, 64, 16), 0, 17, 0),
                new Setting(InnerShape.linear(2, 6, 40), 0, 90, 1),
                new Setting(InnerShape.linear(1, 6, 40), 19, 45, 3),
                new Setting(InnerShape.linear(1, 20, 100), 37, 90, 1),
                new Setting(InnerShape.mlp(3, 4, 4), 0, 11, 2),
                new Setting(InnerShape.mlp(1, 6, 1), 0, 5, 1),
                new Setting(InnerShape.mlp(1, 12, 16), 3, 31, 0),
                new Setting(InnerShape.mlp(2, 6, 40), 0, 83, 0),
                new Setting(InnerShape.mlp(1, 4, 40), 21, 60, 5));
    }

    static InnerGradients gradients(InnerShape shape, InnerChunk chunk) {
        return new InnerGradients(
                new float[chunk.q().length],
                new float[chunk.q().length],
                new float[chunk.q().length],
                new float[chunk.rate().length],
                new float[shape.channels()],
                new float[shape.channels()],
                new float[shape.miniBatch()],
                FastWeights.zeros(shape));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void backwardIsTheDerivative(String kernel, Setting setting) {
        InnerShape shape = setting.shape();
        InnerCase c = new InnerCase(shape, 11);
        int earlier = setting.earlier();
        InnerBuffers state = c.state(2);
        PrimalTwin[][] twins = c.twins(2);
        if (earlier > 0) {
            InnerChunk prompt = c.chunk(new int[2], new int[] {earlier, earlier - 1}, earlier);
            new FusedInnerLoop(InnerKernels.named(kernel), shape, ALONE)
                    .forward(c.weights, state, prompt, new float[prompt.q().length]);
            c.run(twins, prompt);
        }
        int n = setting.length();
        int[] position = earlier > 0 ? new int[] {earlier, earlier - 1} : new int[2];
        InnerChunk chunk = c.chunk(position, new int[] {n, n - 1}, n);
        float[] dOut = c.gaussian(chunk.q().length, 1);
        InnerGradients g = gradients(shape, chunk);
        FusedInnerLoop loop = new FusedInnerLoop(InnerKernels.named(kernel), shape, ALONE);
        InnerTrace trace = loop.trace(c.weights, state, chunk, new float[chunk.q().length], setting.group());
        loop.backward(trace, dOut, g);

        InnerCase.Doubles x = new InnerCase.Doubles(c, chunk);
        Differences d = new Differences(shape, chunk, x, dOut, earlier > 0 ? twins : null);
        d.compare("q", x.q, g.q());
        d.compare("k", x.k, g.k());
        d.compare("v", x.v, g.v());
        d.compare("rate", x.rate, g.rate());
        d.compare("gamma", x.gamma, g.gamma());
        d.compare("beta", x.beta, g.beta());
        d.compare("a", x.a, g.a());
        if (earlier == 0) {
            d.compare("W1", x.start[0], g.start().W1());
            d.compare("b1", x.start[1], g.start().b1());
            d.compare("W2", x.start[2], g.start().W2());
            d.compare("b2", x.start[3], g.start().b2());
        } else {
            assertArrayEquals(new float[g.start().W1().length], g.start().W1());
        }
    }

    /** phi = sum of dOut out, and its derivative by each input. */
    private record Differences(
            InnerShape shape, InnerChunk chunk, InnerCase.Doubles x, float[] dOut, PrimalTwin[][] from) {

        double phi() {
            PrimalTwin[][] twins = new PrimalTwin[chunk.batch()][shape.heads()];
            for (int b = 0; b < twins.length; b++) {
                for (int h = 0; h < shape.heads(); h++) {
                    twins[b][h] = from == null ? x.start(shape, h) : from[b][h].copy();
                }
            }
            double[] out = x.run(shape, chunk, twins);
            double sum = 0;
            for (int i = 0; i < out.length; i++) {
                sum += out[i] * dOut[i];
            }
            return sum;
        }

        void compare(String name, double[] input, float[] gradient) {
            double scale = 1e-3;
            for (float value : gradient) {
                scale = Math.max(scale, Math.abs(value));
            }
            Random random = new Random(name.hashCode());
            int samples = Math.min(SAMPLES, input.length);
            for (int i = 0; i < samples; i++) {
                int at = samples == input.length ? i : random.nextInt(input.length);
                double derivative = derivative(input, at);
                double error = Math.abs(gradient[at] - derivative) / scale;
                assertTrue(
                        error < 5e-5,
                        name + "[" + at + "]: " + gradient[at] + " against " + derivative + ", " + error
                                + " of the largest entry");
            }
        }

        private double derivative(double[] input, int at) {
            double value = input[at];
            double h = 1e-4 * Math.min(1, 0.1 + Math.abs(value));
            double near = difference(input, at, value, h);
            double far = difference(input, at, value, 2 * h);
            input[at] = value;
            return (8 * near - far) / (12 * h);
        }

        private double difference(double[] input, int at, double value, double h) {
            input[at] = value + h;
            double up = phi();
            input[at] = value - h;
            return up - phi();
        }
    }

    @Test
    void checkpointsDoNotChangeTheGradient() {
        InnerShape shape = InnerShape.mlp(2, 6, 20); // folds every 16 rows
        InnerCase c = new InnerCase(shape, 12);
        InnerChunk chunk = c.chunk(new int[1], new int[] {130}, 130);
        float[] dOut = c.gaussian(chunk.q().length, 1);
        InnerGradients first = null;
        for (int group : new int[] {1, 2, 3, 100, 0}) {
            FusedInnerLoop loop = new FusedInnerLoop(InnerKernels.best(), shape, ALONE);
            InnerTrace trace = loop.trace(c.weights, c.state(1), chunk, new float[chunk.q().length], group);
            InnerGradients g = gradients(shape, chunk);
            loop.backward(trace, dOut, g);
            first = first == null ? g : first;
            assertArrayEquals(first.k(), g.k());
            assertArrayEquals(first.rate(), g.rate());
            assertArrayEquals(first.a(), g.a());
            assertArrayEquals(first.start().W2(), g.start().W2());
        }
    }

    @Test
    void paddingIsNeverRead() {
        InnerShape shape = InnerShape.mlp(2, 6, 4);
        InnerCase c = new InnerCase(shape, 13);
        InnerChunk chunk = c.chunk(new int[3], new int[] {9, 0, 4}, 9);
        float[] dOut = c.gaussian(chunk.q().length, 1);
        FusedInnerLoop loop = new FusedInnerLoop(InnerKernels.best(), shape, ALONE);
        InnerGradients clean = gradients(shape, chunk);
        loop.backward(loop.trace(c.weights, c.state(3), chunk, new float[dOut.length], 2), dOut, clean);
        FusedInnerLoopTest.poisonPadding(shape, chunk);
        InnerGradients poisoned = gradients(shape, chunk);
        Arrays.fill(poisoned.q(), 7);
        Arrays.fill(poisoned.rate(), 7);
        loop.backward(loop.trace(c.weights, c.state(3), chunk, new float[dOut.length], 2), dOut, poisoned);
        assertArrayEquals(clean.q(), poisoned.q());
        assertArrayEquals(clean.k(), poisoned.k());
        assertArrayEquals(clean.rate(), poisoned.rate());
        assertArrayEquals(clean.gamma(), poisoned.gamma());
        assertArrayEquals(clean.start().W1(), poisoned.start().W1());
        int second = 9 * shape.channels();
        assertArrayEquals(new float[second], Arrays.copyOfRange(poisoned.q(), second, 2 * second));
    }
}
