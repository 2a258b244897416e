package org.ttt4j.matrix;

/** The precision of products of many rows: reading long texts. */
public enum ProductType {
    FLOAT32("float32"),
    /**
     * Inputs, weights and results rounded to bfloat16: about 0.3 % of a result. Needs the build of ND4J's backend with oneDNN,
     * classifier {@code linux-x86_64-onednn-avx512}, on the class path.
     */
    BFLOAT16("bfloat16");

    private final String label;

    ProductType(String label) {
        this.label = label;
    }

    /** As users write it. */
    public String label() {
        return label;
    }
}
