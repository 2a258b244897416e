package org.ttt4j.safetensors;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;

/** The element types of the format that this library reads and writes. Constants carry the format's names. */
public enum DType {
    F64(DataType.DOUBLE, 8),
    F32(DataType.FLOAT, 4),
    I64(DataType.INT64, 8),
    I32(DataType.INT32, 4);

    private final DataType dataType;
    private final int bytes;

    DType(DataType dataType, int bytes) {
        this.dataType = dataType;
        this.bytes = bytes;
    }

    /** The ND4J type of the same layout. */
    public DataType dataType() {
        return dataType;
    }

    /** Size of an element in bytes. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloating() {
        return dataType.isFPType();
    }

    /** The type of that name in a file, or null. */
    static DType named(String name) {
        return Arrays.stream(values())
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The type that stores an ND4J type, or null. */
    static DType of(DataType dataType) {
        return Arrays.stream(values())
                .filter(t -> t.dataType == dataType)
                .findFirst()
                .orElse(null);
    }
}
