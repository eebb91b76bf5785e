package org.millrace.source.node;

import java.util.Locale;
import java.util.Set;

/**
 * Where something listens.
 *
 * @param host a name or an address, as it is written; names are not looked up
 * @param port 0 for any that is free
 */
record ListenAddress(String host, int port) {
    private static final Set<String> ANY = Set.of("0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0");

    /** Whether only one of both can be had on one host. */
    boolean excludes(ListenAddress other) {
        return port != 0
                && port == other.port
                && (isAny() || other.isAny() || sameCase(host).equals(sameCase(other.host)));
    }

    private boolean isAny() {
        return ANY.contains(host);
    }

    private static String sameCase(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals("localhost") ? "127.0.0.1" : lower;
    }
}
