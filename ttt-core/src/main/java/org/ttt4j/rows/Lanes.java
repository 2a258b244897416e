package org.ttt4j.rows;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The machine's vectors, and how short ends of arrays become whole ones. */
final class Lanes {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SPECIES.vectorShape());
    static final int LENGTH = SPECIES.length();

    private Lanes() {}

    static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
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
