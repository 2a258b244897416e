package org.ttt4j.kernel;

import java.util.ArrayList;
import java.util.List;
import org.ttt4j.tensor.TttException;

/** Picks the implementation of the inner loop. */
public final class InnerKernels {

    private static final List<InnerKernel> AVAILABLE = available(); // the fastest first

    private InnerKernels() {}

    private static List<InnerKernel> available() {
        List<InnerKernel> kernels = new ArrayList<>();
        if (VectorApi.available()) {
            kernels.add(new VectorInnerKernel());
        }
        kernels.add(new ScalarInnerKernel());
        return kernels;
    }

    /** The fastest kernel that runs here; decided once. */
    public static InnerKernel best() {
        return AVAILABLE.get(0);
    }

    /** One line: which kernel {@link #best} is, and why. */
    public static String reason() {
        return VectorApi.available()
                ? VectorInnerKernel.NAME + ": the Vector API is there"
                : ScalarInnerKernel.NAME + ": start the JVM with " + VectorApi.FLAG + " for faster kernels";
    }

    /** The kernels that run here, the fastest first. */
    public static List<String> names() {
        return AVAILABLE.stream().map(InnerKernel::name).toList();
    }

    /** The kernel of that name. */
    public static InnerKernel named(String name) {
        for (InnerKernel kernel : AVAILABLE) {
            if (kernel.name().equals(name)) {
                return kernel;
            }
        }
        throw TttException.mismatch("inner kernel", "one of " + names(), name);
    }
}
