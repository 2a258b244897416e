package org.ttt4j.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.ttt4j.tensor.TttException;

/** Picks the implementation of the inner loop. */
public final class InnerKernels {

    private InnerKernels() {}

    /** Kernels that run here, the fastest first. */
    private static final class Available {

        static final List<InnerKernel> KERNELS = available();

        private static List<InnerKernel> available() {
            List<InnerKernel> kernels = new ArrayList<>();
            if (VectorApi.available()) {
                kernels.add(new VectorInnerKernel());
            }
            SmallProducts products = products();
            if (products != null) {
                kernels.add(new BlasInnerKernel(products));
            }
            kernels.add(new ScalarInnerKernel());
            return kernels;
        }

        private static SmallProducts products() {
            for (SmallProducts.Finder finder :
                    ServiceLoader.load(SmallProducts.Finder.class, InnerKernels.class.getClassLoader())) {
                SmallProducts products = finder.find();
                if (products != null) {
                    return products;
                }
            }
            return null;
        }
    }

    /** The fastest kernel that runs here. */
    public static InnerKernel best() {
        return VectorApi.available() ? new VectorInnerKernel() : Available.KERNELS.get(0);
    }

    /** One line: which kernel {@link #best} is, and why. */
    public static String reason() {
        InnerKernel best = best();
        return best.name() + ": "
                + (best.vectorised()
                        ? "the Vector API is there"
                        : "start the JVM with " + VectorApi.FLAG + " for faster kernels");
    }

    /** The kernels that run here, the fastest first. */
    public static List<String> names() {
        return Available.KERNELS.stream().map(InnerKernel::name).toList();
    }

    /** The kernel of that name. */
    public static InnerKernel named(String name) {
        if (name.equals(best().name())) {
            return best();
        }
        for (InnerKernel kernel : Available.KERNELS) {
            if (kernel.name().equals(name)) {
                return kernel;
            }
        }
        throw TttException.mismatch("inner kernel", "one of " + names(), name);
    }
}
