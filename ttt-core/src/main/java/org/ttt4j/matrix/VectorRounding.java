package org.ttt4j.matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;
import org.ttt4j.tensor.Bfloat16;

/** Converts rows between float32 and bfloat16, in their order. To be touched only where the Vector API is there. */
public final class VectorRounding {

    private static final VectorSpecies<Float> FLOATS = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

    private VectorRounding() {}

    /** Rounds n values to nearest, ties to even. Infinities stay; a NaN may become an infinity. */
    public static void round(float[] x, int at, short[] to, int n) {
        int j = 0;
        for (; j + LANES <= n; j += LANES) {
            IntVector bits = FloatVector.fromArray(FLOATS, x, at + j).reinterpretAsInts();
            IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
            IntVector upper = bits.add(odd).add(0x7fff).lanewise(VectorOperators.LSHR, 16);
            ((ShortVector) upper.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(to, j);
        }
        for (; j < n; j++) {
            to[j] = Bfloat16.of(x[at + j]);
        }
    }

    /** Widens n values. */
    public static void widen(short[] x, int from, float[] to, int at, int n) {
        int j = 0;
        for (; j + LANES <= n; j += LANES) {
            IntVector bits =
                    (IntVector) ShortVector.fromArray(SHORTS, x, from + j).convertShape(VectorOperators.S2I, INTS, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, at + j);
        }
        for (; j < n; j++) {
            to[at + j] = Bfloat16.widen(x[from + j]);
        }
    }
}
