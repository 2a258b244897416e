package org.ttt4j.rows;

/** One implementation of all functions of rows. */
public record RowFunctions(
        NormRows norms,
        GateRows gates,
        LinearRows linear,
        ConvRows convolutions,
        SoftmaxRows softmax,
        UpdateRows updates,
        ScanRows scans) {

    /** Plain Java loops, written so that C2 turns into vector code what it can. Runs everywhere. */
    public static RowFunctions plain() {
        return new RowFunctions(
                new PlainNormRows(),
                new PlainGateRows(),
                new PlainLinearRows(),
                new PlainConvRows(),
                new PlainSoftmaxRows(),
                new PlainUpdateRows(),
                new PlainScanRows());
    }

    /** The JDK's Vector API. To be called only where that module is there. */
    public static RowFunctions vector() {
        return new RowFunctions(
                new VectorNormRows(),
                new VectorGateRows(),
                new VectorLinearRows(),
                new VectorConvRows(),
                new VectorSoftmaxRows(),
                new VectorUpdateRows(),
                new VectorScanRows());
    }
}
