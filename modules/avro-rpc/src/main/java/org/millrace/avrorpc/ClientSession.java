package org.millrace.avrorpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.millrace.event.EventBatch;

/**
 * One connection as its client sees it. The first request carries the handshake: until it is answered
 * there must be no second one. Not thread-safe.
 */
public final class ClientSession {
    /** What a server says to a request. */
    public sealed interface Answer {
        /** Of the request that is answered. */
        int serial();
    }

    /** The server's verdict on the batch. */
    public record Verdict(int serial, Status status) implements Answer {}

    /** The server knows the protocol only from now on: the batch is to be sent again on this connection. */
    public record SayAgain(int serial) implements Answer {}

    /** The server could not do what was asked, and says why. */
    public record RemoteError(int serial, String text) implements Answer {}

    private ByteBuffer serverHash = FlumeProtocol.HASH;
    private boolean shookHands;
    private boolean sendProtocol;

    /** As {@link #appendBatch(int, EventBatch, int, int)}, with all events of the batch. */
    public Frame appendBatch(int serial, EventBatch batch) {
        return appendBatch(serial, batch, 0, batch.size());
    }

    /**
     * Asks the server to take events.
     *
     * @param serial unlike that of any request that is not answered
     * @param from index of the first event of {@code batch}
     * @param until index behind the last; equal to {@code from} for no event at all, which any server
     *     takes and which so shows whether it is one
     */
    public Frame appendBatch(int serial, EventBatch batch, int from, int until) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) Math.min(batch.bytes() + 1024, 1 << 24));
        // Direct, since bodies are written behind the encoder's back.
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        try {
            if (!shookHands) {
                Optional<String> protocol = sendProtocol ? Optional.of(FlumeProtocol.TEXT) : Optional.empty();
                new Handshake.Request(FlumeProtocol.HASH, protocol, serverHash).write(out);
            }
            out.writeMapStart();
            out.writeMapEnd();
            out.writeString(FlumeProtocol.APPEND_BATCH);
            out.writeArrayStart();
            out.setItemCount(until - from);
            for (int i = from; i < until; i++) {
                out.startItem();
                writeHeaders(batch.headers(i), out);
                out.writeLong(batch.bodyLength(i));
                batch.writeBody(i, bytes);
            }
            out.writeArrayEnd();
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail to be written", e);
        }
        return new Frame(serial, bytes.toByteArray());
    }

    /**
     * Reads an answer.
     *
     * @throws WireException when it is none
     */
    public Answer read(Frame frame) throws WireException {
        BoundedReader in = new BoundedReader(frame.payload());
        try {
            if (!shookHands) {
                Handshake.Response handshake = Handshake.Response.read(in);
                if (handshake.protocol().isPresent()) {
                    FlumeProtocol.requireSame(handshake.protocol().get());
                }
                serverHash = handshake.serverHash().orElse(serverHash);
                if (handshake.match() == Handshake.Match.NONE) {
                    return sayAgain(frame.serial());
                }
                shookHands = true;
            }
            in.skipMetadata();
            if (in.readBoolean()) {
                in.readIndex(1);
                return new RemoteError(frame.serial(), in.readString());
            }
            return new Verdict(frame.serial(), in.readSymbol(Status.values()));
        } catch (WireException e) {
            throw new WireException("no answer of Flume's Avro protocol: " + e.getMessage(), e);
        } catch (IOException | AvroRuntimeException | UnsupportedOperationException e) {
            throw new WireException(
                    "no answer of Flume's Avro protocol: " + (e.getMessage() == null ? "it ends too early" : e), e);
        }
    }

    private SayAgain sayAgain(int serial) throws WireException {
        if (sendProtocol) {
            throw new WireException("the server does not take the protocol that it asked for");
        }
        sendProtocol = true;
        return new SayAgain(serial);
    }

    private static void writeHeaders(Map<String, String> headers, BinaryEncoder out) throws IOException {
        out.writeMapStart();
        out.setItemCount(headers.size());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            out.startItem();
            out.writeString(header.getKey());
            out.writeString(header.getValue());
        }
        out.writeMapEnd();
    }
}
