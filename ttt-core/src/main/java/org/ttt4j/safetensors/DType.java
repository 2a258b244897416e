package org.ttt4j.safetensors;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The element types of the format that this library reads and writes. Constants carry the format's names. The two half
 * precisions are widened to float32 when they are read as arrays: every one of their values is a float32.
 */
public enum DType {
    F64(DataType.DOUBLE, DataType.DOUBLE, 8),
    F32(DataType.FLOAT, DataType.FLOAT, 4),
    F16(DataType.HALF, DataType.FLOAT, 2),
    BF16(DataType.BFLOAT16, DataType.FLOAT, 2),
    I64(DataType.INT64, DataType.INT64, 8),
    I32(DataType.INT32, DataType.INT32, 4),
    I8(DataType.INT8, DataType.INT8, 1),
    U8(DataType.UINT8, DataType.UINT8, 1);

    private final DataType layout;
    private final DataType dataType;
    private final int bytes;

    DType(DataType layout, DataType dataType, int bytes) {
        this.layout = layout;
        this.dataType = dataType;
        this.bytes = bytes;
    }

    /** The ND4J type of the arrays that values of this type are read into. */
    public DataType dataType() {
        return dataType;
    }

    /** Size of an element in bytes. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloating() {
        return layout.isFPType();
    }

    /** Whether an array holds the values as they stand in a file. */
    boolean isPlain() {
        return layout == dataType;
    }

    /** The type of that name in a file, or null. */
    static DType named(String name) {
        return Arrays.stream(values())
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The type that stores an ND4J type as it is, or null. */
    static DType of(DataType dataType) {
        return Arrays.stream(values())
                .filter(t -> t.layout == dataType)
                .findFirst()
                .orElse(null);
    }
}
