package org.millrace.avrorpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Reads one payload in Avro's encoding and trusts no length in it: each is held against the bytes
 * that are left before memory is taken. Items are counted besides, since an item of two bytes takes
 * many times that in memory. Not thread-safe.
 */
final class BoundedReader {
    /** Reads one item. */
    interface Item {
        void read() throws IOException;
    }

    private final byte[] payload;
    private final BinaryDecoder in;
    private final int maxItems;
    private long items;

    BoundedReader(byte[] payload) {
        this(payload, Integer.MAX_VALUE);
    }

    /**
     * A reader.
     *
     * @param maxItems of all arrays and maps together
     */
    BoundedReader(byte[] payload, int maxItems) {
        this.payload = payload;
        this.maxItems = maxItems;
        this.in = DecoderFactory.get().binaryDecoder(payload, null);
    }

    /** Bytes that are not read yet. */
    int left() throws IOException {
        return in.inputStream().available();
    }

    /** Where in the payload the next byte to read is. */
    int position() throws IOException {
        return payload.length - left();
    }

    boolean readBoolean() throws IOException {
        return in.readBoolean();
    }

    /** An index into {@code count} symbols or branches. */
    int readIndex(int count) throws IOException {
        int index = in.readInt();
        if (index < 0 || index >= count) {
            throw new WireException("symbol " + index + " of " + count);
        }
        return index;
    }

    /** One of the symbols of an enum, which are in the order of its schema. */
    <T> T readSymbol(T[] symbols) throws IOException {
        return symbols[readIndex(symbols.length)];
    }

    /** Skips over Avro bytes, and says how many. */
    int skipBytes() throws IOException {
        int length = readLength();
        in.skipFixed(length);
        return length;
    }

    String readString() throws IOException {
        byte[] utf8 = new byte[readLength()];
        in.readFixed(utf8);
        return new Utf8(utf8).toString();
    }

    ByteBuffer readFixed(int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFixed(bytes);
        return ByteBuffer.wrap(bytes);
    }

    Optional<String> readOptionalString() throws IOException {
        return readIndex(2) == 0 ? Optional.empty() : Optional.of(readString());
    }

    Optional<ByteBuffer> readOptionalFixed(int length) throws IOException {
        return readIndex(2) == 0 ? Optional.empty() : Optional.of(readFixed(length));
    }

    Map<String, String> readStrings() throws IOException {
        Map<String, String> strings = new HashMap<>();
        readBlocks(in.readMapStart(), true, () -> strings.put(readString(), readString()));
        return strings;
    }

    void readArray(Item item) throws IOException {
        readBlocks(in.readArrayStart(), false, item);
    }

    /** Metadata of calls and handshakes: Flume puts nothing in it. */
    void skipMetadata() throws IOException {
        readBlocks(in.readMapStart(), true, () -> {
            skipBytes();
            skipBytes();
        });
    }

    private void readBlocks(long first, boolean map, Item item) throws IOException {
        for (long count = first; count != 0; count = map ? in.mapNext() : in.arrayNext()) {
            if (count < 0 || count > left()) {
                throw new WireException(count + " items in a message with " + left() + " bytes left");
            }
            items += count;
            if (items > maxItems) {
                throw new WireException("more than " + maxItems + " events and headers in a message");
            }
            for (long i = 0; i < count; i++) {
                item.read();
            }
        }
    }

    private int readLength() throws IOException {
        long length = in.readLong();
        if (length < 0 || length > left()) {
            throw new WireException("length " + length + " in a message with " + left() + " bytes left");
        }
        return (int) length;
    }
}
