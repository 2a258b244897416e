package org.ttt4j.rows;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The machine's vectors, and how short ends of arrays become whole ones. */
final class Lanes {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());
    static final int LENGTH = SPECIES.length();

    private static final VectorShuffle<Float> BY_8 = turned(8);
    private static final VectorShuffle<Float> BY_4 = turned(4);
    private static final VectorShuffle<Float> BY_2 = turned(2);
    private static final VectorShuffle<Float> BY_1 = turned(1);

    private Lanes() {}

    static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /**
     * The sum of all lanes, in an order that is fixed; {@code reduceLanes} takes one order when it is compiled and another
     * one before.
     */
    static float sum(FloatVector x) {
        FloatVector s = LENGTH >= 16 ? x.add(x.rearrange(BY_8)) : x;
        s = LENGTH >= 8 ? s.add(s.rearrange(BY_4)) : s;
        s = LENGTH >= 4 ? s.add(s.rearrange(BY_2)) : s;
        return s.add(s.rearrange(BY_1)).lane(0);
    }

    private static VectorShuffle<Float> turned(int lanes) {
        return VectorShuffle.fromOp(SPECIES, i -> (i + lanes) % LENGTH);
    }

    /** Where the whole vectors of a range end. */
    static int whole(int from, int to) {
        return to - (to - from) % LENGTH;
    }

    /** A vector's worth of x: beyond the end of x, zeros. */
    static float[] rest(float[] x, int from) {
        return Arrays.copyOfRange(x, from, from + LENGTH);
    }
}
