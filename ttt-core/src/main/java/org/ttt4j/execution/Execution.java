package org.ttt4j.execution;

import java.lang.System.Logger.Level;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.host.HostOps;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.kernel.VectorApi;
import org.ttt4j.matrix.ProductType;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Executor;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.reference.Nd4jOps;
import org.ttt4j.tensor.TttException;

/**
 * How a model is to be run. The {@code with...} methods give changed copies.
 *
 * @param kernel {@link #REFERENCE}, a kernel's name, or {@link #AUTO}: the fastest that does what is asked
 * @param dataType FLOAT or DOUBLE; the fused kernels compute in FLOAT
 * @param form of the inner loop; the primal form runs on the reference
 * @param threads Java threads of the fused kernels
 * @param weights precision in which the fused kernels keep the matrices of projections, embedding and head
 * @param products precision of the fused kernels' products of many rows
 */
public record Execution(
        String kernel, DataType dataType, InnerForm form, int threads, WeightType weights, ProductType products) {

    /** A kernel's name that stands for the fastest one that does what is asked. */
    public static final String AUTO = "auto";

    /** A kernel's name that stands for the readable reference. */
    public static final String REFERENCE = "reference";

    /**
     * Checks what can be told before anything is opened.
     *
     * @throws TttException naming what is wrong
     */
    public Execution {
        requireGiven("kernel", kernel);
        requireGiven("form", form);
        requireGiven("weights", weights);
        requireGiven("products", products);
        if (threads < 1) {
            throw TttException.mismatch("threads", "at least 1", threads);
        }
        if (dataType != DataType.FLOAT && dataType != DataType.DOUBLE) {
            throw TttException.mismatch("data type", "FLOAT or DOUBLE", dataType);
        }
    }

    /** With products in float32. */
    public Execution(String kernel, DataType dataType, InnerForm form, int threads, WeightType weights) {
        this(kernel, dataType, form, threads, weights, ProductType.FLOAT32);
    }

    /** With float32 weights. */
    public Execution(String kernel, DataType dataType, InnerForm form, int threads) {
        this(kernel, dataType, form, threads, WeightType.FLOAT32);
    }

    /** Float32 on the fastest kernel and all cores. */
    public static Execution fused() {
        return new Execution(
                AUTO, DataType.FLOAT, InnerForm.DUAL, Runtime.getRuntime().availableProcessors(), WeightType.FLOAT32);
    }

    /** The readable reference on ND4J's operations. */
    public static Execution reference(DataType dataType) {
        return new Execution(REFERENCE, dataType, InnerForm.DUAL, 1, WeightType.FLOAT32);
    }

    public Execution withKernel(String name) {
        return new Execution(name, dataType, form, threads, weights, products);
    }

    public Execution withDataType(DataType type) {
        return new Execution(kernel, type, form, threads, weights, products);
    }

    public Execution withForm(InnerForm f) {
        return new Execution(kernel, dataType, f, threads, weights, products);
    }

    public Execution withThreads(int n) {
        return new Execution(kernel, dataType, form, n, weights, products);
    }

    /** Weights that are not float32 make generating faster and cannot be trained. */
    public Execution withWeights(WeightType type) {
        return new Execution(kernel, dataType, form, threads, type, products);
    }

    /** Products in bfloat16 make reading faster where oneDNN is there, and cannot be trained through. */
    public Execution withProducts(ProductType type) {
        return new Execution(kernel, dataType, form, threads, weights, type);
    }

    /**
     * Starts an executor with the values of the given parameters. The first one whose kernel is chosen here in a JVM without
     * the Vector API tells how to start it for more speed: one line on standard error, unless the logger {@code org.ttt4j}
     * is set to hide level INFO.
     *
     * @throws TttException if the kernel cannot do what is asked, or the source does not hold the parameters
     */
    public Executor<?> open(List<Param> params, WeightSource source) {
        Executor<?> executor = begin(params, source);
        try {
            executor.settle();
        } catch (RuntimeException | Error e) {
            executor.close();
            throw e;
        }
        return executor;
    }

    /**
     * As {@link #open}, but values that are to be rounded stay in the source until they are used: the caller uses them once
     * and calls {@link Executor#settle}, which ends the loading.
     */
    public Executor<?> begin(List<Param> params, WeightSource source) {
        requireGiven("source of weights", source);
        boolean fusable = dataType == DataType.FLOAT && form == InnerForm.DUAL;
        if (kernel.equals(REFERENCE) || kernel.equals(AUTO) && !fusable) {
            if (weights != WeightType.FLOAT32) {
                throw TttException.mismatch("weights of the reference", WeightType.FLOAT32.label(), weights.label());
            }
            if (products != ProductType.FLOAT32) {
                throw TttException.mismatch("products of the reference", ProductType.FLOAT32.label(), products.label());
            }
            return new Nd4jOps(dataType, form, params, source);
        }
        if (!fusable) {
            throw TttException.mismatch(
                    "kernel " + kernel, "float32 and the dual form", dataType + " and the " + form.label() + " form");
        }
        return new HostOps(params, source, threads, kernel.equals(AUTO) ? fastest() : kernel, weights, products);
    }

    private static void requireGiven(String what, Object value) {
        if (value == null) {
            throw TttException.mismatch(what, "one", null);
        }
    }

    private static String fastest() {
        if (!VectorApi.available()) {
            Advice.give();
        }
        return InnerKernels.best().name();
    }

    /**
     * What would make this program faster: said when this class is initialised, and so once. Where nobody has configured
     * logging, a logger would make two lines of it.
     */
    private static final class Advice {

        static {
            if (System.getLogger("org.ttt4j").isLoggable(Level.INFO)) {
                System.err.println("ttt4j: kernel " + InnerKernels.reason());
            }
        }

        static void give() {}
    }
}
