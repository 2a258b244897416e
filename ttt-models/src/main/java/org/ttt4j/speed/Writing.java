package org.ttt4j.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.ttt4j.kernel.MemoryBandwidth;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.ops.SequenceState;

/**
 * Writing after texts of several lengths, in turns: what disturbs one disturbs all, so that their times can be compared.
 * Memory is read before and after every run, because in a shared machine its rate may double or halve at any moment.
 */
final class Writing {

    private final int leastRuns;
    private final double seconds;
    private final List<Place> places = new ArrayList<>();

    /**
     * @param leastRuns of every place
     * @param seconds of every place, on average
     */
    Writing(int leastRuns, double seconds) {
        this.leastRuns = leastRuns;
        this.seconds = seconds;
    }

    /**
     * Adds a place to write at, and writes once there.
     *
     * @param ids the tokens, each [B][1]
     * @param state of B sequences; moves on with every run
     */
    Place add(LanguageModel<?> model, int[][][] ids, SequenceState state) {
        Place place = new Place(state.position(0), () -> {
            for (int[][] token : ids) {
                model.next(token, state);
            }
        });
        places.add(place);
        return place;
    }

    /** Writes at all places in turns. */
    void run(int threads) {
        try (MemoryBandwidth memory = new MemoryBandwidth(threads)) {
            double before = memory.read();
            for (Place place : places) {
                place.bandwidths.add(before); // of the run that has been already
            }
            double total = 0;
            for (int run = 1; run < leastRuns || total < seconds * places.size(); run++) {
                for (Place place : places) {
                    total += place.run();
                    double after = memory.read();
                    place.bandwidths.add((before + after) / 2);
                    before = after;
                }
            }
        }
    }

    /** A text that is gone on with. */
    static final class Place {

        private final int position;
        private final Runnable writing;
        private final OptionalLong residentMib;
        private final List<Double> durations = new ArrayList<>();
        private final List<Double> bandwidths = new ArrayList<>();

        private Place(int position, Runnable writing) {
            this.position = position;
            this.writing = writing;
            ResidentMemory memory = ResidentMemory.fromNow();
            run();
            residentMib = memory.peakMib(); // without the array that is read beside the other runs
        }

        private double run() {
            double duration = Timing.seconds(writing);
            durations.add(duration);
            return duration;
        }

        /** Tokens of each sequence before the first run. */
        int position() {
            return position;
        }

        Timing timing() {
            return Timing.of(durations);
        }

        /** What memory gave around the median run. */
        double bandwidthGbs() {
            return bandwidths.get(timing().median());
        }

        OptionalLong residentMib() {
            return residentMib;
        }
    }
}
