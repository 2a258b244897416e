package org.ttt4j.jax;

import java.util.List;
import org.ttt4j.safetensors.DType;
import org.ttt4j.tensor.Tensors;

/**
 * Where an array stands in a file.
 *
 * @param dtype its element type
 * @param shape as it was saved
 * @param parts its bytes, little-endian and row-major: more than one if it was saved in chunks
 */
record JaxArray(DType dtype, long[] shape, List<Part> parts) {

    /** The format's word for a type. */
    static DType type(String numpy) {
        return switch (numpy) {
            case "float64" -> DType.F64;
            case "float32" -> DType.F32;
            case "float16" -> DType.F16;
            case "bfloat16" -> DType.BF16;
            case "int64" -> DType.I64;
            case "int32" -> DType.I32;
            case "int8" -> DType.I8;
            case "uint8" -> DType.U8;
            default -> null;
        };
    }

    /** Bytes of a file from a position on. */
    record Part(long position, long bytes) {}

    long bytes() {
        return Math.multiplyExact(Tensors.count(shape), (long) dtype.bytes());
    }
}
