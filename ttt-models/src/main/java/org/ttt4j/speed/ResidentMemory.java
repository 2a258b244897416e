package org.ttt4j.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The most memory that this process had in RAM since a moment. Linux tells it; elsewhere it stays unknown. */
final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");
    private static final String PEAK = "VmHWM:";
    private static final String NOW = "VmRSS:";
    private static final int KIB_OF_MIB = 1024;
    private static final long PAUSE = 250_000_000; // G1 begins after 100 ms
    private static final long LONGEST_WAIT = 2_000_000_000;

    private final boolean known;

    private ResidentMemory(boolean known) {
        this.known = known;
    }

    /** From now on; what is garbage already does not count. */
    static ResidentMemory fromNow() {
        System.gc();
        settle();
        try {
            Files.writeString(RESET, "5"); // resets the peak: proc(5)
            return new ResidentMemory(true);
        } catch (IOException e) {
            return new ResidentMemory(false);
        }
    }

    /** The peak since then in MiB. */
    OptionalLong peakMib() {
        return known ? mib(PEAK) : OptionalLong.empty();
    }

    /** A collector gives memory back to the system in the background, piece by piece. */
    private static void settle() {
        long before;
        long now = mib(NOW).orElse(0);
        long end = System.nanoTime() + LONGEST_WAIT;
        do {
            before = now;
            LockSupport.parkNanos(PAUSE);
            now = mib(NOW).orElse(0);
        } while (now < before && System.nanoTime() < end);
    }

    private static OptionalLong mib(String key) {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_OF_MIB)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
