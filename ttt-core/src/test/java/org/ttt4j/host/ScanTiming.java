package org.ttt4j.host;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;

/**
 * Times the selective scan of one block of Mamba 130m (E 1536, S 16): reading 2,048 tokens, writing one, and a training
 * step's way there and back; a main, not a test, whose argument is the number of threads. Medians of some runs.
 */
final class ScanTiming {

    private static final int E = 1536;
    private static final int S = 16;

    private ScanTiming() {}

    public static void main(String[] args) {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        SelectiveScan scan =
                new SelectiveScan("ssm", new Param("A_log", Init.logOfIndex(S), E, S), new Param("D", Init.ones(), E));
        for (String kernel : InnerKernels.names()) {
            try (HostOps ops = new HostOps(List.of(scan.logA(), scan.skip()), WeightSource.init(1), threads, kernel)) {
                print(kernel + ", 2,048 tokens", 2048, tokens -> forward(ops, scan, tokens));
                print(kernel + ", 1 token", 1, tokens -> forward(ops, scan, tokens));
                print(kernel + ", there and back, 512 tokens", 512, tokens -> back(ops, scan, tokens));
            }
        }
    }

    private static HostArray filled(int tokens, int width, double mean) {
        Random random = new Random(1);
        HostArray x = HostArray.zeros(1, tokens, width);
        for (int i = 0; i < x.data().length; i++) {
            x.data()[i] = (float) (mean + random.nextGaussian());
        }
        return x;
    }

    private interface Work {
        Runnable of(int tokens);
    }

    private static Runnable forward(HostOps ops, SelectiveScan scan, int tokens) {
        HostArray x = filled(tokens, E, 0);
        HostArray delta = filled(tokens, E, -4);
        HostArray b = filled(tokens, S, 0);
        SequenceState state = SequenceState.create(ops, List.of(scan), 1);
        return () -> ops.scope(() -> ops.selectiveScan(scan, x, delta, b, b, state.chunk(tokens)));
    }

    private static Runnable back(HostOps ops, SelectiveScan scan, int tokens) {
        HostArray x = filled(tokens, E, 0);
        HostArray delta = filled(tokens, E, -4);
        HostArray b = filled(tokens, S, 0);
        SequenceState state = SequenceState.create(ops, List.of(scan), 1);
        Gradients<HostArray> gradients = new Gradients<>(p -> ops.zeros(p.shape()), p -> true);
        return () -> ops.scope(() -> {
            Traced<HostArray> traced = ops.vjp().selectiveScan(scan, x, delta, b, b, state.chunk(tokens));
            return ops.vjp().selectiveScan(scan, traced.trace(), x, gradients).x();
        });
    }

    private static void print(String name, int tokens, Work work) {
        Runnable run = work.of(tokens);
        long end = System.nanoTime() + 1_500_000_000L;
        while (System.nanoTime() < end) {
            run.run();
        }
        double[] us = new double[tokens == 1 ? 2000 : 21];
        for (int i = 0; i < us.length; i++) {
            long start = System.nanoTime();
            run.run();
            us[i] = (System.nanoTime() - start) * 1e-3;
        }
        Arrays.sort(us);
        double vectors = us[us.length / 2] * 1e3 / ((double) tokens * E * S / 16);
        System.out.printf(Locale.ROOT, "%s: %.1f us, %.2f ns for 16 states%n", name, us[us.length / 2], vectors);
    }
}
