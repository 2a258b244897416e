package org.ttt4j.kernel;

/** Rows in one array, {@link InnerShape#padded} apart; what lies between two rows is 0. */
final class FlatMatrix {

    final int stride;
    private final float[] own;
    private float[] array;
    private int at;

    FlatMatrix(int rows, int n) {
        stride = InnerShape.padded(n);
        own = new float[rows * stride];
        array = own;
    }

    /** Where all rows lie. */
    float[] array() {
        return array;
    }

    /** Where row i begins. */
    int row(int i) {
        return at + i * stride;
    }

    /** Lets the rows lie in another array. */
    void attach(float[] values, int first) {
        array = values;
        at = first;
    }

    void release() {
        attach(own, 0);
    }
}
