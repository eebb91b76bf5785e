package org.millrace.avrorpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Protocol;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/** The one protocol that is spoken here, and how to recognize it in the words of a peer. */
final class FlumeProtocol {
    /** {@code flume.avpr}. */
    static final Protocol PROTOCOL = read();

    /** What stands for {@link #TEXT} in a handshake. */
    static final ByteBuffer HASH = ByteBuffer.wrap(PROTOCOL.getMD5()).asReadOnlyBuffer();

    static final String TEXT = PROTOCOL.toString();
    static final String APPEND = "append";
    static final String APPEND_BATCH = "appendBatch";

    private FlumeProtocol() {}

    /**
     * Holds a peer's protocol against this one. Texts and hashes of the same protocol differ with the
     * version of Avro and the comments in it; what matters is how its messages are encoded.
     *
     * @throws WireException when its messages are encoded in another way
     */
    static void requireSame(String text) throws WireException {
        Protocol other;
        try {
            other = Protocol.parse(text);
        } catch (AvroRuntimeException e) {
            throw new WireException("the peer's protocol is none: " + e.getMessage(), e);
        }
        for (String name : PROTOCOL.getMessages().keySet()) {
            Protocol.Message theirs = other.getMessages().get(name);
            if (theirs != null
                    && !encoding(theirs).equals(encoding(PROTOCOL.getMessages().get(name)))) {
                throw new WireException("the peer's message '" + name + "' of protocol " + other.getNamespace() + "."
                        + other.getName() + " is not Flume's: " + encoding(theirs));
            }
        }
    }

    private static String encoding(Protocol.Message message) {
        StringBuilder all = new StringBuilder();
        for (Schema.Field parameter : message.getRequest().getFields()) {
            all.append(SchemaNormalization.toParsingForm(parameter.schema())).append(' ');
        }
        return all.append(message.isOneWay() ? "one-way" : SchemaNormalization.toParsingForm(message.getResponse()))
                .toString();
    }

    private static Protocol read() {
        try (InputStream in = FlumeProtocol.class.getResourceAsStream("flume.avpr")) {
            return Protocol.parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException("flume.avpr is missing from the jar", e);
        }
    }
}
