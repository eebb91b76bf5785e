package org.millrace.avrorpc;

import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The hashes by which clients have named Flume's protocol, shared by all connections of a server: a
 * client that comes again, or another of the same version, need not send its protocol once more.
 * Bounded; thread-safe.
 */
public final class KnownProtocols {
    /** More than there are versions of Flume and Avro; the oldest gives way. */
    private static final int MOST = 64;
    /** Flume's is about 1000 characters, its licence included. */
    private static final int LONGEST_TEXT = 64 * 1024;

    private final Set<ByteBuffer> hashes = new LinkedHashSet<>();

    /**
     * Whether a client that says this speaks Flume's protocol; false when its protocol must be asked for.
     *
     * @throws WireException when it speaks another
     */
    synchronized boolean knows(Handshake.Request request) throws WireException {
        if (request.clientHash().equals(FlumeProtocol.HASH) || hashes.contains(request.clientHash())) {
            return true;
        }
        if (request.protocol().isEmpty()) {
            return false;
        }
        String text = request.protocol().get();
        if (text.length() > LONGEST_TEXT) {
            throw new WireException("the peer's protocol has " + text.length() + " characters");
        }
        FlumeProtocol.requireSame(text);
        if (hashes.size() == MOST) {
            hashes.remove(hashes.iterator().next());
        }
        hashes.add(request.clientHash());
        return true;
    }
}
