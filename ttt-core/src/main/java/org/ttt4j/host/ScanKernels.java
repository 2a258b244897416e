package org.ttt4j.host;

import static org.ttt4j.rows.ScanTile.WIDTH;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.Vjp.ScanInputs;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.param.Param;
import org.ttt4j.rows.ScanRows;

/**
 * Selective scans of a chunk: sequences and groups of strips of channels in parallel, tokens in tiles. States and rates are
 * kept strip by strip, [strips, S, WIDTH]; what a last strip has too many are zeros.
 *
 * <p>The way back starts from states that were kept every √L tokens and runs each such segment once more.
 */
final class ScanKernels {

    /** Tokens of a tile: what they need stays in the first-level cache. */
    private static final int TOKENS = 16;
    /** Strips of a task: neighbouring cache lines of every token. */
    private static final int GROUP = 4;
    /** Tokens times states that are worth a task of their own, times WIDTH: some ten microseconds. */
    private static final int TASK = 1 << 16;

    private final Workers workers;
    private final Arena arena;
    private final ScanRows rows;
    private final Function<Param, HostArray> weights;
    private final Map<Param, float[]> rates = new ConcurrentHashMap<>();
    private final ScanScratch.Pool forth = new ScanScratch.Pool(ScanScratch::forth);
    private final ScanScratch.Pool back = new ScanScratch.Pool(ScanScratch::back);

    ScanKernels(Workers workers, Arena arena, ScanRows rows, Function<Param, HostArray> weights) {
        this.workers = workers;
        this.arena = arena;
        this.rows = rows;
        this.weights = weights;
    }

    /**
     * What the way back needs: the inputs by reference, and states of every sequence, [segments, strips, S, WIDTH].
     *
     * @param segment tokens between two kept states
     */
    private record Trace(ScanStrips in, int segment, float[][] kept) {}

    static int strips(SelectiveScan scan) {
        return (scan.channels() + WIDTH - 1) / WIDTH;
    }

    static HostRecurrentState newState(SelectiveScan scan, int batch) {
        int S = scan.stateSize();
        return new HostRecurrentState(
                scan.key(),
                strips(scan) * S * WIDTH,
                batch,
                new HostRecurrentState.Part(SelectiveScan.STATE, i -> place(i, S), scan.channels(), S));
    }

    /** Where entry i of an array [E, S] stands strip by strip. */
    private static int place(int i, int S) {
        int channel = i / S;
        return (channel / WIDTH * S + i % S) * WIDTH + channel % WIDTH;
    }

    /** Forgets what was derived from weights: they were changed in place. */
    void weightsChanged() {
        rates.clear();
    }

    /** {@code -exp(logA) log2(e)}, strip by strip. */
    private float[] rates(SelectiveScan scan) {
        return rates.computeIfAbsent(scan.logA(), p -> {
            float[] logA = weights.apply(p).data();
            float[] rate = new float[strips(scan) * scan.stateSize() * WIDTH];
            for (int i = 0; i < logA.length; i++) {
                rate[place(i, scan.stateSize())] = (float) (-Math.exp(logA[i]) / Math.log(2));
            }
            return rate;
        });
    }

    /** D with zeros for the channels that the last strip has too many. */
    private float[] skip(SelectiveScan scan) {
        return Arrays.copyOf(weights.apply(scan.skip()).data(), strips(scan) * WIDTH);
    }

    private ScanStrips strips(SelectiveScan scan, HostArray x, HostArray delta, HostArray b, HostArray c, Chunk chunk) {
        x.requireTokens(scan.key() + " x", chunk.batch(), scan.channels());
        delta.requireShapeOf(scan.key() + " delta", x);
        b.requireTokens(scan.key() + " b", chunk.batch(), scan.stateSize());
        c.requireShapeOf(scan.key() + " c", b);
        return new ScanStrips(scan, rows, rates(scan), skip(scan), x, delta, b, c, chunk);
    }

    HostArray forward(SelectiveScan scan, HostArray x, HostArray delta, HostArray b, HostArray c, Chunk chunk) {
        return run(strips(scan, x, delta, b, c, chunk), null);
    }

    Traced<HostArray> trace(SelectiveScan scan, HostArray x, HostArray delta, HostArray b, HostArray c, Chunk chunk) {
        ScanStrips in = strips(scan, x, delta, b, c, chunk);
        int root = (int) Math.ceil(Math.sqrt(chunk.maxLength()));
        int segment = Math.max(1, (root + TOKENS - 1) / TOKENS) * TOKENS;
        float[][] kept = new float[chunk.batch()][];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new float[(chunk.length(i) + segment - 1) / segment * in.rate().length];
        }
        Trace trace = new Trace(in, segment, kept);
        return new Traced<>(run(in, trace), trace);
    }

    /** @param trace null, or where states are kept */
    private HostArray run(ScanStrips in, Trace trace) {
        HostArray y = arena.array(in.x().shape());
        HostRecurrentState state = in.chunk().slot(in.scan(), HostRecurrentState.class);
        int strips = strips(in.scan());
        int work = Math.max(1, in.chunk().maxLength()) * in.strip();
        int group = Math.min(strips, Math.max(GROUP, (TASK + work - 1) / work));
        int groups = (strips + group - 1) / group;
        workers.run(in.chunk().batch() * groups, task -> {
            ScanScratch s = forth.take(TOKENS, in.scan().stateSize());
            int first = task % groups * group;
            forth(in, task / groups, first, Math.min(strips, first + group), state, trace, s, y);
            forth.giveBack(s);
        });
        clearPadding(y, in.chunk());
        return y;
    }

    private static void forth(
            ScanStrips in,
            int sequence,
            int first,
            int end,
            HostRecurrentState state,
            Trace trace,
            ScanScratch s,
            HostArray y) {
        int length = in.chunk().length(sequence);
        for (int t = 0; t < length; t += TOKENS) {
            for (int strip = first; strip < end; strip++) {
                int at = state.at(sequence) + strip * in.strip();
                if (trace != null && t % trace.segment == 0) {
                    int to = t / trace.segment * in.rate().length + strip * in.strip();
                    System.arraycopy(state.values(), at, trace.kept[sequence], to, in.strip());
                }
                in.forth(sequence, strip, t, Math.min(TOKENS, length - t), state.values(), at, s, y);
            }
        }
    }

    private static void clearPadding(HostArray x, Chunk chunk) {
        for (int i = 0; i < chunk.batch(); i++) {
            Arrays.fill(x.data(), x.row(i, chunk.length(i)), x.row(i + 1, 0), 0);
        }
    }

    ScanInputs<HostArray> backward(Object traced, HostArray dy, Gradients<HostArray> gradients) {
        Trace trace = (Trace) traced;
        ScanStrips in = trace.in;
        int batch = in.chunk().batch();
        ScanInputs<HostArray> d = new ScanInputs<>(
                arena.array(in.x().shape()),
                arena.array(in.x().shape()),
                arena.array(in.b().shape()),
                arena.array(in.b().shape()));
        ScanStrips.Back to = new ScanStrips.Back(
                d.x(),
                d.delta(),
                new float[batch * in.rate().length],
                new float[batch * in.rate().length],
                new float[batch * in.skip().length]);
        int groups = (strips(in.scan()) + GROUP - 1) / GROUP;
        float[][] db = new float[batch * groups][]; // of one group of strips each
        float[][] dc = new float[batch * groups][];
        workers.run(batch * groups, task -> {
            int size = in.chunk().length(task / groups) * in.scan().stateSize();
            db[task] = new float[size];
            dc[task] = new float[size];
            ScanScratch s = back.take(trace.segment, in.scan().stateSize());
            back(trace, task / groups, task % groups * GROUP, dy, to, db[task], dc[task], s);
            back.giveBack(s);
        });
        gather(d.b(), db, groups);
        gather(d.c(), dc, groups);
        clearPadding(d.x(), in.chunk());
        clearPadding(d.delta(), in.chunk());
        addParameters(in, to, gradients);
        return d;
    }

    private void back(
            Trace trace,
            int sequence,
            int first,
            HostArray dy,
            ScanStrips.Back to,
            float[] db,
            float[] dc,
            ScanScratch s) {
        ScanStrips in = trace.in;
        int length = in.chunk().length(sequence);
        int end = Math.min(strips(in.scan()), first + GROUP);
        int segments = (length + trace.segment - 1) / trace.segment;
        for (int i = segments - 1; i >= 0; i--) {
            int t = i * trace.segment;
            int tokens = Math.min(trace.segment, length - t);
            rows.clearSums(s.tile, tokens);
            for (int strip = first; strip < end; strip++) {
                int at = i * in.rate().length + strip * in.strip();
                in.back(sequence, strip, t, tokens, dy, trace.kept[sequence], at, to, s);
            }
            rows.sums(s.tile, db, dc, t * in.scan().stateSize(), tokens);
        }
    }

    /** Sums what the groups of a sequence's strips gave, in their order. */
    private void gather(HostArray sum, float[][] parts, int groups) {
        workers.run(sum.shape()[0], sequence -> {
            int at = sum.row(sequence, 0);
            Arrays.fill(sum.data(), at, sum.row(sequence + 1, 0), 0);
            for (int g = 0; g < groups; g++) {
                float[] part = parts[sequence * groups + g];
                for (int i = 0; i < part.length; i++) {
                    sum.data()[at + i] += part[i];
                }
            }
        });
    }

    private void addParameters(ScanStrips in, ScanStrips.Back d, Gradients<HostArray> gradients) {
        int S = in.scan().stateSize();
        float ln2 = (float) Math.log(2);
        for (int sequence = 0; sequence < in.chunk().batch(); sequence++) {
            if (gradients.wants(in.scan().logA())) {
                float[] to = gradients.of(in.scan().logA()).data();
                for (int i = 0; i < to.length; i++) { // A is its own derivative by log(-A)
                    int at = place(i, S);
                    to[i] += d.dRate()[sequence * in.rate().length + at] * in.rate()[at] * ln2;
                }
            }
            if (gradients.wants(in.scan().skip())) {
                float[] to = gradients.of(in.scan().skip()).data();
                for (int i = 0; i < to.length; i++) {
                    to[i] += d.dSkip()[sequence * in.skip().length + i];
                }
            }
        }
    }
}
