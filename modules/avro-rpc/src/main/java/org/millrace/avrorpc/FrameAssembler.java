package org.millrace.avrorpc;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Puts frames together from what a socket delivers, in pieces of any size. Holds at most twice as
 * much as was delivered, whatever lengths the peer claims, and never more than one frame. One for
 * each direction of a connection; of no more use once it has failed. Not thread-safe.
 */
public final class FrameAssembler {
    private static final int SMALLEST = 512;
    /** A length in front of a frame that consists of nothing but lengths is of no use to anybody. */
    private static final int MOST_BUFFERS = 1 << 20;

    private final int maxFrameBytes;
    private final ByteBuffer numbers = ByteBuffer.allocate(Frame.HEADER_BYTES);
    private byte[] payload = new byte[0];
    private int size;
    private int serial;
    private int buffersLeft;
    private int bufferBytesLeft;

    /**
     * Nothing delivered yet.
     *
     * @param maxFrameBytes the longest payload that is taken
     */
    public FrameAssembler(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
        numbers.limit(Frame.HEADER_BYTES);
    }

    /**
     * Takes from {@code in} up to the end of a frame, or all of it where no frame ends in it.
     *
     * @return the frame that is complete with that
     * @throws WireException when the bytes are no frame, or one larger than the limit
     */
    public Optional<Frame> take(ByteBuffer in) throws WireException {
        while (in.hasRemaining()) {
            if (bufferBytesLeft > 0) {
                takeBytes(in);
            } else {
                takeNumbers(in);
            }
            if (buffersLeft == 0 && numbers.position() == 0) {
                return Optional.of(complete());
            }
        }
        return Optional.empty();
    }

    /** Whether a frame has begun that is not complete. */
    public boolean midFrame() {
        return buffersLeft > 0 || numbers.position() > 0;
    }

    /** Bytes of memory that an incomplete frame takes. */
    int heldBytes() {
        return payload.length;
    }

    private void takeNumbers(ByteBuffer in) throws WireException {
        while (in.hasRemaining() && numbers.hasRemaining()) {
            numbers.put(in.get());
        }
        if (numbers.hasRemaining()) {
            return;
        }
        numbers.flip();
        if (buffersLeft == 0) {
            serial = numbers.getInt();
            startFrame(numbers.getInt());
        } else {
            startBuffer(numbers.getInt());
        }
        numbers.clear();
        numbers.limit(buffersLeft == 0 ? Frame.HEADER_BYTES : Frame.LENGTH_BYTES);
    }

    private void startFrame(int buffers) throws WireException {
        if (buffers < 1 || buffers > MOST_BUFFERS) {
            throw new WireException("no Avro RPC: a frame of " + buffers + " buffers");
        }
        buffersLeft = buffers;
    }

    private void startBuffer(int length) throws WireException {
        if (length < 0) {
            throw new WireException("no Avro RPC: a buffer of " + length + " bytes");
        }
        if (length > maxFrameBytes - size) {
            throw new WireException(
                    "a frame of " + ((long) size + length) + " bytes or more, where " + maxFrameBytes + " are allowed");
        }
        bufferBytesLeft = length;
        if (length == 0) {
            buffersLeft--;
        }
    }

    private void takeBytes(ByteBuffer in) {
        int count = Math.min(bufferBytesLeft, in.remaining());
        if (payload.length - size < count) {
            int wanted = Math.max(Math.max(size + count, SMALLEST), (int) Math.min(2L * size, maxFrameBytes));
            payload = Arrays.copyOf(payload, wanted);
        }
        in.get(payload, size, count);
        size += count;
        bufferBytesLeft -= count;
        if (bufferBytesLeft == 0) {
            buffersLeft--;
            numbers.limit(buffersLeft == 0 ? Frame.HEADER_BYTES : Frame.LENGTH_BYTES);
        }
    }

    private Frame complete() {
        Frame frame = new Frame(serial, size == payload.length ? payload : Arrays.copyOf(payload, size));
        payload = new byte[0];
        size = 0;
        return frame;
    }
}
