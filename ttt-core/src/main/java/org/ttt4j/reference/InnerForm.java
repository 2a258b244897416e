package org.ttt4j.reference;

/** The two ways to compute the same inner loop. */
public enum InnerForm {
    /** A mini-batch at a time, as matrix products (section 2.5 of the paper). */
    DUAL("dual"),
    /** Token by token, as the update is defined (section 2.4). Gradients for the outer loss are those of the dual form. */
    PRIMAL("primal");

    private final String label;

    InnerForm(String label) {
        this.label = label;
    }

    /** Its name in reports and options. */
    public String label() {
        return label;
    }
}
