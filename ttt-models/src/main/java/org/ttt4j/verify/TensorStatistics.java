package org.ttt4j.verify;

import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.param.Values;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.safetensors.TensorSource;

/**
 * The figures of one stored parameter.
 *
 * @param param its declaration
 * @param notFinite how many values are infinite or no numbers; the other figures leave them out
 * @param zeros how many are zero
 * @param mean of the values
 * @param rms the root of the mean square
 * @param least the smallest value
 * @param greatest the largest value
 */
public record TensorStatistics(
        Param param, long notFinite, long zeros, double mean, double rms, double least, double greatest) {

    private static final int PIECE = 1 << 16;

    /** @param packed how values are read that are not stored as floating-point numbers */
    static TensorStatistics of(Param p, TensorSource source, Values packed) {
        TensorInfo info = source.info(p.key());
        Sums sums = new Sums();
        float[] x = new float[(int) Math.min(PIECE, p.count())];
        for (long from = 0; from < p.count(); from += x.length) {
            int n = (int) Math.min(x.length, p.count() - from);
            if (info.dtype().isFloating()) {
                source.read(info, from, x, 0, n);
            } else {
                packed.read(from, x, 0, n);
            }
            sums.add(x, n);
        }
        long n = Math.max(1, p.count() - sums.notFinite);
        return new TensorStatistics(
                p, sums.notFinite, sums.zeros, sums.sum / n, Math.sqrt(sums.squares / n), sums.least, sums.greatest);
    }

    private static final class Sums {
        private long notFinite;
        private long zeros;
        private double sum;
        private double squares;
        private double least = Double.POSITIVE_INFINITY;
        private double greatest = Double.NEGATIVE_INFINITY;

        void add(float[] x, int n) {
            for (int i = 0; i < n; i++) {
                if (!Float.isFinite(x[i])) {
                    notFinite++;
                    continue;
                }
                zeros += x[i] == 0 ? 1 : 0;
                sum += x[i];
                squares += (double) x[i] * x[i];
                least = Math.min(least, x[i]);
                greatest = Math.max(greatest, x[i]);
            }
        }
    }

    /** Whether it starts as one value everywhere: norms, biases. */
    boolean startsConstant() {
        return param.init().kind() == Init.Kind.CONSTANT;
    }

    /** Whether every value is the one that it starts with. */
    boolean isAsAtStart() {
        double start = (float) param.init().scale();
        return startsConstant() && least == start && greatest == start;
    }

    /** Whether its size is that of its random start, to three parts in a hundred; false if there are few values. */
    boolean isAsRandom() {
        double ratio = rms / param.init().scale();
        return param.init().kind() == Init.Kind.NORMAL && param.count() >= 1000 && ratio > 0.97 && ratio < 1.03;
    }

    /** Whether all values are one. */
    boolean isConstant() {
        return least == greatest;
    }
}
