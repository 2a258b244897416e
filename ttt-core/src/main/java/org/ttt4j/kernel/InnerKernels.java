package org.ttt4j.kernel;

import java.util.List;
import org.ttt4j.tensor.TttException;

/** Picks the implementation of the inner loop. */
public final class InnerKernels {

    private static final InnerKernels CHOSEN =
            new InnerKernels(new ScalarInnerKernel(), "scalar: the only kernel there is");

    private final InnerKernel kernel;
    private final String reason;

    private InnerKernels(InnerKernel kernel, String reason) {
        this.kernel = kernel;
        this.reason = reason;
    }

    /** The fastest kernel that runs here; decided once. */
    public static InnerKernel best() {
        return CHOSEN.kernel;
    }

    /** One line: which kernel {@link #best} is, and why. */
    public static String reason() {
        return CHOSEN.reason;
    }

    /** The kernels that run here. */
    public static List<String> names() {
        return List.of(ScalarInnerKernel.NAME);
    }

    /** The kernel of that name. */
    public static InnerKernel named(String name) {
        if (!names().contains(name)) {
            throw TttException.mismatch("inner kernel", "one of " + names(), name);
        }
        return CHOSEN.kernel;
    }
}
