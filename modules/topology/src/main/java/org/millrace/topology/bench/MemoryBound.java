package org.millrace.topology.bench;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The most memory that a node may ever have resident: its heap's limit, and {@link #BESIDE_MIB} for all that
 * a JVM has beside it, such as code, classes, threads' stacks and buffers of the network.
 */
record MemoryBound(long mebibytes) {
    static final int BESIDE_MIB = 256;

    private static final Pattern HEAP = Pattern.compile("(?:^|\\s)-Xmx(\\d+)([kKmMgG]?)(?=\\s|$)");

    /** The bound that follows from a JVM's options; none where they do not limit its heap. */
    static Optional<MemoryBound> of(String jvmOptions) {
        // The JVM takes the last one.
        return HEAP.matcher(jvmOptions)
                .results()
                .reduce((earlier, later) -> later)
                .map(MemoryBound::heapBytes)
                .map(heap -> new MemoryBound((heap >> 20) + BESIDE_MIB));
    }

    private static long heapBytes(MatchResult heap) {
        int shift =
                switch (heap.group(2).toLowerCase(Locale.ROOT)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    default -> 0;
                };
        return Long.parseLong(heap.group(1)) << shift;
    }

    /** What is wrong with a process that had so much resident, for people. */
    Optional<String> objection(String process, long peakBytes) {
        return peakBytes <= mebibytes << 20
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%s had %,d MiB resident, and its bound is %,d MiB",
                        process,
                        peakBytes >> 20,
                        mebibytes));
    }
}
