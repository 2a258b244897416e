package org.ttt4j.kernel;

/**
 * Whether Java's Vector API may be used. It is an incubator module, so a JVM has it only if started with
 * {@code --add-modules jdk.incubator.vector}; classes that use it must not be touched otherwise.
 */
public final class VectorApi {

    /** What makes it available. */
    public static final String FLAG = "--add-modules jdk.incubator.vector";

    private static final String MODULE = "jdk.incubator.vector";

    private VectorApi() {}

    /** Whether this JVM was started with {@link #FLAG}. */
    public static boolean available() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }
}
