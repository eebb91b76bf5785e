package org.millrace.avrorpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.pekko.util.ByteString;

/**
 * One connection as its server sees it: reads requests in the order in which they came. Answers may
 * be sent in any order. Not thread-safe.
 */
public final class ServerSession {
    /** What a client wants. */
    public sealed interface Request {}

    /**
     * Events to take.
     *
     * @param handshake what goes in front of the answer, usually nothing
     */
    public record Append(int serial, ReceivedEvents events, ByteString handshake) implements Request {
        /** The answer to the client. */
        public Frame answer(Status status) {
            return reply(serial, out -> {
                out.writeFixed(handshake.asByteBuffer());
                out.writeMapStart();
                out.writeMapEnd();
                out.writeBoolean(false);
                out.writeEnum(List.of(Status.values()).indexOf(status));
            });
        }
    }

    /** Nothing that the server would have to think about: this is the answer. */
    public record Answered(Frame answer) implements Request {}

    private interface Reply {
        void writeTo(BinaryEncoder out) throws IOException;
    }

    private final KnownProtocols known;
    private final int maxItems;
    private boolean shookHands;

    /**
     * A new connection.
     *
     * @param maxItems events and headers that one request may have, together
     */
    public ServerSession(KnownProtocols known, int maxItems) {
        this.known = known;
        this.maxItems = maxItems;
    }

    /**
     * Reads a request.
     *
     * @throws WireException when it is none
     */
    public Request read(Frame frame) throws WireException {
        BoundedReader in = new BoundedReader(frame.payload(), maxItems);
        try {
            ByteString handshake = ByteString.emptyByteString();
            if (!shookHands) {
                Handshake.Response response = answer(Handshake.Request.read(in));
                handshake = ByteString.fromArrayUnsafe(bytes(response::write));
                if (response.match() == Handshake.Match.NONE) {
                    return new Answered(new Frame(frame.serial(), handshake.toArray()));
                }
                shookHands = true;
            }
            in.skipMetadata();
            return readCall(frame, in, handshake);
        } catch (WireException e) {
            throw new WireException("no request of Flume's Avro protocol: " + e.getMessage(), e);
        } catch (IOException | AvroRuntimeException | UnsupportedOperationException e) {
            throw new WireException(
                    "no request of Flume's Avro protocol: "
                            + (e.getMessage() == null ? "it ends too early" : e.getMessage()),
                    e);
        }
    }

    private Handshake.Response answer(Handshake.Request request) throws WireException {
        boolean knownClient = known.knows(request);
        boolean knowsUs = request.serverHash().equals(FlumeProtocol.HASH);
        Handshake.Match match =
                !knownClient ? Handshake.Match.NONE : knowsUs ? Handshake.Match.BOTH : Handshake.Match.CLIENT;
        return match == Handshake.Match.BOTH
                ? new Handshake.Response(match, Optional.empty(), Optional.empty())
                : new Handshake.Response(match, Optional.of(FlumeProtocol.TEXT), Optional.of(FlumeProtocol.HASH));
    }

    private static Request readCall(Frame frame, BoundedReader in, ByteString handshake) throws IOException {
        String message = in.readString();
        return switch (message) {
            case FlumeProtocol.APPEND ->
                new Append(frame.serial(), ReceivedEvents.read(frame.payload(), in, false), handshake);
            case FlumeProtocol.APPEND_BATCH ->
                new Append(frame.serial(), ReceivedEvents.read(frame.payload(), in, true), handshake);
            // Only a handshake.
            case "" -> new Answered(new Frame(frame.serial(), handshake.toArray()));
            default -> new Answered(error(frame.serial(), handshake, "No such message: " + message));
        };
    }

    private static Frame error(int serial, ByteString handshake, String text) {
        return reply(serial, out -> {
            out.writeFixed(handshake.asByteBuffer());
            out.writeMapStart();
            out.writeMapEnd();
            out.writeBoolean(true);
            out.writeIndex(0);
            out.writeString(text);
        });
    }

    private static Frame reply(int serial, Reply reply) {
        try {
            return new Frame(serial, bytes(reply));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Reply reply) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
        reply.writeTo(out);
        out.flush();
        return bytes.toByteArray();
    }
}
