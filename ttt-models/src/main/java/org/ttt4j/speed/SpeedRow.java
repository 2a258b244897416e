package org.ttt4j.speed;

import java.util.OptionalLong;

/**
 * One test's outcome.
 *
 * @param test what was done
 * @param logits after which tokens
 * @param length tokens of a sequence that were read, written or trained on
 * @param batch sequences side by side
 * @param position tokens that each had read before
 * @param timing of runs over all the tokens
 * @param work of a step: reading the prompt, writing one token of each sequence, training on the sequence
 * @param limits the machine's; for writing, the memory's just before and after the run that counts
 * @param rssMib the process's peak resident memory during the test, in MiB (for writing, its first run); empty where the
 *     system does not tell
 */
public record SpeedRow(
        Test test,
        Logits logits,
        int length,
        int batch,
        int position,
        Timing timing,
        Work work,
        MachineLimits limits,
        OptionalLong rssMib) {

    /** The tests by the field's short names. */
    public enum Test {
        /** Prompt processing: reading a text from its start. */
        PP,
        /** Text generation: one token of each sequence after the other. */
        TG,
        /** Training: forward and backward, without the optimiser's step. */
        TR
    }

    /** Tokens a second, of all sequences together. */
    public double tokensPerSecond() {
        return (double) length * batch / timing.seconds();
    }

    /** Milliseconds of a step. */
    public double ms() {
        return 1e3 * seconds();
    }

    /** 10⁹ operations a second. */
    public double gflops() {
        return work.flops() / seconds() / 1e9;
    }

    /** 10⁹ bytes a second. */
    public double gbs() {
        return work.bytes() / seconds() / 1e9;
    }

    /** How near to the machine's limit, in percent: writing to the memory's, reading and training to the products'. */
    public double rooflinePercent() {
        return 100 * (test == Test.TG ? gbs() / limits.bandwidthGbs() : gflops() / limits.gemmGflops());
    }

    /** The same with limits of the whole run; those of the memory stay what they were beside the writing. */
    SpeedRow within(MachineLimits run) {
        double bandwidth = test == Test.TG ? limits.bandwidthGbs() : run.bandwidthGbs();
        MachineLimits both = new MachineLimits(run.gemmGflops(), bandwidth);
        return new SpeedRow(test, logits, length, batch, position, timing, work, both, rssMib);
    }

    private double seconds() {
        return test == Test.TG ? timing.seconds() / length : timing.seconds();
    }
}
