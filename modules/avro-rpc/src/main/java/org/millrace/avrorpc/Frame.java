package org.millrace.avrorpc;

import java.nio.ByteBuffer;
import org.apache.pekko.util.ByteString;

/**
 * One message of Avro's framing for TCP.
 *
 * <pre>
 * +0 serial i32 | +4 number of buffers i32 | then for each buffer: length i32, bytes
 * </pre>
 *
 * Numbers are big-endian. Where the buffers begin and end means nothing: they are one payload.
 */
public final class Frame {
    /** Bytes in front of the first buffer. */
    static final int HEADER_BYTES = 8;
    /** Bytes in front of each buffer's own. */
    static final int LENGTH_BYTES = 4;

    private final int serial;
    private final byte[] payload;

    /**
     * A frame.
     *
     * @param serial chosen by the client for its request, and given back with the answer
     * @param payload the bytes of all buffers; nobody writes to them again
     */
    public Frame(int serial, byte[] payload) {
        this.serial = serial;
        this.payload = payload;
    }

    /** What ties an answer to its request. */
    public int serial() {
        return serial;
    }

    /** The bytes of all buffers; not to be written to. */
    public byte[] payload() {
        return payload;
    }

    /** The frame as it goes over the wire, in one buffer. */
    public ByteString toBytes() {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES + LENGTH_BYTES);
        header.putInt(serial).putInt(1).putInt(payload.length);
        return ByteString.fromArrayUnsafe(header.array()).concat(ByteString.fromArrayUnsafe(payload));
    }
}
