package org.ttt4j.bench.sweep;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.ttt4j.bench.BenchModel;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.tensor.TttException;

/** Measures with JMH, which starts JVMs with the class path and the options of this one. */
public final class JmhRunner implements CellRunner {

    private static final String STATE_BYTES = "stateBytes";

    private final OutputFormat output;

    private JmhRunner(OutputFormat output) {
        this.output = output;
    }

    /** @param log where all that JMH and the measuring JVMs print goes */
    public static JmhRunner loggingTo(PrintStream log) {
        return new JmhRunner(OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL));
    }

    @Override
    public Row run(Cell cell, Effort effort) {
        ModelConfig config = BenchModel.config(cell.mixer(), cell.backbone(), cell.preset());
        long counted = config.stateFloats(cell.context()) * Float.BYTES;
        try {
            List<RunResult> results =
                    new ArrayList<>(new Runner(options(cell, effort).build(), output).run());
            return results.isEmpty()
                    ? Row.missing(cell, counted, "JMH gave no result")
                    : row(cell, counted, results.get(0));
        } catch (RunnerException e) {
            return Row.missing(cell, counted, reason(e));
        }
    }

    private static ChainedOptionsBuilder options(Cell cell, Effort effort) {
        return new OptionsBuilder()
                .include(cell.test().pattern())
                .param("mixer", cell.mixer().name())
                .param("backbone", cell.backbone())
                .param("preset", cell.preset())
                .param("batch", Integer.toString(cell.batch()))
                .param("weights", cell.weights().name())
                .param("threads", Integer.toString(cell.threads()))
                .param("kernel", cell.kernel())
                .param("context", Integer.toString(cell.context()))
                .forks(effort.forks())
                .warmupIterations(effort.warmups())
                .warmupTime(seconds(effort.warmupSeconds()))
                .measurementIterations(effort.iterations())
                .measurementTime(seconds(effort.seconds()))
                .jvmArgs(RunEnvironment.jvmArguments().toArray(String[]::new))
                .jvmArgsAppend("-D" + BenchModel.QUIET + "=true")
                .shouldFailOnError(true);
    }

    private static TimeValue seconds(double seconds) {
        return TimeValue.milliseconds(Math.round(1e3 * seconds));
    }

    private static Row row(Cell cell, long counted, RunResult run) {
        Result<?> time = run.getPrimaryResult();
        double tokens = (double) cell.test().tokensOfScore(cell.context()) * cell.batch();
        List<Double> samples = new ArrayList<>();
        Iterator<Map.Entry<Double, Long>> raw = time.getStatistics().getRawData();
        while (raw.hasNext()) {
            samples.add(raw.next().getKey() / tokens);
        }
        double error = time.getScoreError() / tokens;
        Result<?> state = run.getSecondaryResults().get(STATE_BYTES);
        return new Row(
                cell,
                time.getScore() / tokens,
                Double.isFinite(error) ? error : null,
                samples,
                state == null ? null : Math.round(state.getStatistics().getMax()) / cell.batch(),
                counted,
                null);
    }

    /** What the benchmark itself threw: JMH wraps it several times. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null || root.getSuppressed().length > 0) {
            root = root.getSuppressed().length > 0 ? root.getSuppressed()[0] : root.getCause();
        }
        if (root instanceof OutOfMemoryError) {
            return "out of memory: " + root.getMessage();
        }
        String message = String.valueOf(root.getMessage());
        return root instanceof TttException ? message : root.getClass().getSimpleName() + ": " + message;
    }
}
