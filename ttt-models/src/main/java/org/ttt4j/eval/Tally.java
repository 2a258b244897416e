package org.ttt4j.eval;

import java.util.ArrayList;
import java.util.List;

/** Adds losses up, by ranges of positions: [0, 1), [1, 2), [2, 4), [4, 8), ... */
final class Tally {

    private static final int RANGES = Long.SIZE;
    private static final double NATS_PER_BIT = Math.log(2);

    private final double[] sum = new double[RANGES];
    private final long[] count = new long[RANGES];
    private long bytes;

    void add(long position, double loss, int bytesOfTarget) {
        int range = Long.SIZE - Long.numberOfLeadingZeros(position);
        sum[range] += loss;
        count[range]++;
        bytes += bytesOfTarget;
    }

    Evaluation evaluation() {
        List<Evaluation.Range> ranges = new ArrayList<>();
        double nats = 0;
        long tokens = 0;
        for (int i = 0; i < RANGES; i++) {
            if (count[i] > 0) {
                ranges.add(new Evaluation.Range(i == 0 ? 0 : 1L << (i - 1), 1L << i, sum[i] / count[i], count[i]));
            }
            nats += sum[i];
            tokens += count[i];
        }
        return new Evaluation(nats / tokens, bytes == 0 ? Double.NaN : nats / NATS_PER_BIT / bytes, tokens, ranges);
    }
}
