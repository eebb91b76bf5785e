package org.millrace.source.avro;

import org.apache.pekko.util.ByteString;
import org.millrace.avrorpc.WireException;

/** What a connection begins with, and so how its peer speaks. */
enum Opening {
    /** Requests as they are. */
    PLAIN,
    DEFLATE,
    TLS,
    /** Compressed, then encrypted: Flume up to 1.9, and everybody else. */
    DEFLATE_IN_TLS,
    /** Encrypted, then compressed: Flume 1.10 and 1.11. */
    TLS_IN_DEFLATE;

    private static final int TLS_HANDSHAKE = 0x16;
    /** A zlib stream with the usual window of 32 KiB. */
    private static final int ZLIB = 0x78;

    /**
     * How a peer speaks that may use what is configured and nothing else.
     *
     * @param first the first byte, perhaps more
     * @throws WireException when it speaks in another way; the message says what to change
     */
    static Opening of(ByteString first, boolean compressed, boolean encrypted) throws WireException {
        int start = first.head() & 0xff;
        if (!compressed && !encrypted) {
            // A request may begin with any byte; what is none shows as soon as it is read.
            return PLAIN;
        }
        if (encrypted && start == TLS_HANDSHAKE) {
            return compressed ? DEFLATE_IN_TLS : TLS;
        }
        if (compressed && start == ZLIB) {
            return encrypted ? TLS_IN_DEFLATE : DEFLATE;
        }
        String wanted = compressed && encrypted ? "compression and TLS" : compressed ? "compression (deflate)" : "TLS";
        throw new WireException("this source has " + wanted + ", the peer does not use it: " + described(first));
    }

    /** What bytes seem to be that are no request, for people. */
    static String described(ByteString first) {
        int start = first.head() & 0xff;
        if (start == TLS_HANDSHAKE) {
            return "it begins with a TLS handshake, so set tls.enabled = true here, or no ssl there";
        }
        if (start == ZLIB) {
            return "it begins as a compressed stream, so set compression = deflate here, or compression-type = none"
                    + " there";
        }
        String text = first.take(16).utf8String();
        if (!text.isEmpty() && text.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\r' || c == '\n')) {
            return "it begins with the text '" + text.strip() + "'; this port is for Flume's Avro protocol";
        }
        if (start == 0) {
            return "it begins as a request of Avro that is neither compressed nor encrypted; set compression-type and"
                    + " ssl there as compression and tls are here";
        }
        return "it begins with the byte " + start + "; this port is for Flume's Avro protocol";
    }
}
