package org.ttt4j.checkpoint;

import java.util.Locale;
import org.ttt4j.safetensors.DType;

/** The precisions in which a converted checkpoint keeps weights. */
public enum StorageType {
    FLOAT32(DType.F32),
    BFLOAT16(DType.BF16),
    FLOAT16(DType.F16),
    /** Matrices in blocks of 32 signed bytes with a float32 scale, everything else in float32. */
    Q8_0(DType.F32);

    private final DType dtype;

    StorageType(DType dtype) {
        this.dtype = dtype;
    }

    /** Of what is not in blocks. */
    DType dtype() {
        return dtype;
    }

    /** As users write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
