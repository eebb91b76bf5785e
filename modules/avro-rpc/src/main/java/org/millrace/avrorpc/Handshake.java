package org.millrace.avrorpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.avro.io.Encoder;

/** The first words of either end on a connection, as Avro specifies them for all its RPC. */
final class Handshake {
    private static final int HASH_BYTES = 16;

    /**
     * A client's.
     *
     * @param protocol sent only when the server has said that it does not know the hash
     * @param serverHash what the client takes the server's protocol for
     */
    record Request(ByteBuffer clientHash, Optional<String> protocol, ByteBuffer serverHash) {
        static Request read(BoundedReader in) throws IOException {
            ByteBuffer clientHash = in.readFixed(HASH_BYTES);
            Optional<String> protocol = in.readOptionalString();
            ByteBuffer serverHash = in.readFixed(HASH_BYTES);
            skipOptionalMetadata(in);
            return new Request(clientHash, protocol, serverHash);
        }

        void write(Encoder out) throws IOException {
            out.writeFixed(clientHash.duplicate());
            writeOptionalString(protocol, out);
            out.writeFixed(serverHash.duplicate());
            out.writeIndex(0);
        }
    }

    /** How the two protocols relate; names and order are those of Avro. */
    enum Match {
        /** Each knows the other's. */
        BOTH,
        /** The server knows the client's, and tells its own. */
        CLIENT,
        /** The server does not know the client's: the client says everything again, with its protocol. */
        NONE
    }

    /** A server's; protocol and hash are sent unless the client knows them. */
    record Response(Match match, Optional<String> protocol, Optional<ByteBuffer> serverHash) {
        static Response read(BoundedReader in) throws IOException {
            Match match = in.readSymbol(Match.values());
            Optional<String> protocol = in.readOptionalString();
            Optional<ByteBuffer> serverHash = in.readOptionalFixed(HASH_BYTES);
            skipOptionalMetadata(in);
            return new Response(match, protocol, serverHash);
        }

        void write(Encoder out) throws IOException {
            out.writeEnum(List.of(Match.values()).indexOf(match));
            writeOptionalString(protocol, out);
            out.writeIndex(serverHash.isPresent() ? 1 : 0);
            if (serverHash.isPresent()) {
                out.writeFixed(serverHash.get().duplicate());
            }
            out.writeIndex(0);
        }
    }

    private Handshake() {}

    private static void writeOptionalString(Optional<String> text, Encoder out) throws IOException {
        out.writeIndex(text.isPresent() ? 1 : 0);
        if (text.isPresent()) {
            out.writeString(text.get());
        }
    }

    private static void skipOptionalMetadata(BoundedReader in) throws IOException {
        if (in.readIndex(2) == 1) {
            in.skipMetadata();
        }
    }
}
