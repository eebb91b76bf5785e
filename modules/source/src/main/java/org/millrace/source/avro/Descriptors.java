package org.millrace.source.avro;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/**
 * Keeps some of the process's file descriptors from connections. With none left the process could open no
 * file and reach no store, and would try to accept the next connection again and again without a pause.
 * Thread-safe.
 */
final class Descriptors {
    /** For files, and for connections to stores and to the cluster. */
    static final int KEPT = 64;
    /** Given before all are counted again, which takes a look at each. */
    private static final int MOST_UNCOUNTED = 100;

    private final LongSupplier left;
    private long uncounted;

    /** @param left counts those that the process may still open */
    Descriptors(LongSupplier left) {
        this.left = left;
    }

    /** Those of this process; without end where the operating system does not tell. */
    static Descriptors ofThisProcess() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            return new Descriptors(() -> system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount());
        }
        return new Descriptors(() -> Long.MAX_VALUE);
    }

    /** Whether a new connection may keep its own. */
    synchronized boolean spareOne() {
        if (uncounted == 0) {
            // Others open some meanwhile.
            uncounted = Math.max(0, Math.min(MOST_UNCOUNTED, (left.getAsLong() - KEPT + 1) / 2));
        }
        if (uncounted == 0) {
            return false;
        }
        uncounted--;
        return true;
    }
}
