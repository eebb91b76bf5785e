package org.millrace.event;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.Encoder;
import org.apache.avro.util.Utf8;

/**
 * Writes and reads batches as Avro binary by the schema {@code event-batch.avsc}. Written field by
 * field rather than through Avro's generic records, since that is one copy of the bodies and no
 * object an event; a test reads the bytes with plain Avro and the schema alone.
 *
 * <p>Reading trusts nothing: every length is held against {@code limit} before memory is taken.
 */
public final class BatchCodec {
    private BatchCodec() {}

    /** Appends {@code batch} to {@code out}. */
    public static void write(EventBatch batch, Encoder out) throws IOException {
        out.writeString(batch.source().name());
        out.writeLong(batch.source().incarnation());
        out.writeLong(batch.generation());
        out.writeLong(batch.startOffset());
        writeHeaders(batch.sharedHeaders(), out);
        int size = batch.size();
        long bodyBytes = 0;
        out.writeArrayStart();
        out.setItemCount(size);
        for (int i = 0; i < size; i++) {
            out.startItem();
            out.writeInt(batch.bodyLength(i));
            bodyBytes += batch.bodyLength(i);
        }
        out.writeArrayEnd();
        out.writeArrayStart();
        out.setItemCount(size);
        for (int i = 0; i < size; i++) {
            out.startItem();
            out.writeInt(batch.advance(i));
        }
        out.writeArrayEnd();
        writeOwnHeaders(batch, out);
        // Avro's "bytes" is its length and then the bytes; so the bodies need not be joined first.
        out.writeLong(bodyBytes);
        for (int i = 0; i < size; i++) {
            batch.encodeBody(i, out);
        }
    }

    private static void writeOwnHeaders(EventBatch batch, Encoder out) throws IOException {
        List<Integer> events = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (!batch.ownHeaders(i).isEmpty()) {
                events.add(i);
            }
        }
        out.writeArrayStart();
        out.setItemCount(events.size());
        for (int event : events) {
            out.startItem();
            out.writeInt(event);
            writeHeaders(batch.ownHeaders(event), out);
        }
        out.writeArrayEnd();
    }

    private static void writeHeaders(Map<String, String> headers, Encoder out) throws IOException {
        out.writeMapStart();
        out.setItemCount(headers.size());
        for (Map.Entry<String, String> header : headers.entrySet()) {
            out.startItem();
            out.writeString(header.getKey());
            out.writeString(header.getValue());
        }
        out.writeMapEnd();
    }

    /**
     * Reads the batch that starts at {@code in}.
     *
     * @param limit the number of bytes that are there to be read; nothing in the batch can be larger
     * @throws IOException when the bytes are not a batch
     */
    public static EventBatch read(Decoder in, int limit) throws IOException {
        try {
            SourceId source = new SourceId(readString(in, limit), in.readLong());
            long generation = in.readLong();
            long startOffset = in.readLong();
            Position start = new Position(generation, startOffset);
            Map<String, String> headers = readHeaders(in, limit);
            int[] lengths = readInts(in, limit);
            int[] advances = readInts(in, limit);
            if (lengths.length != advances.length) {
                throw new IOException("batch with " + lengths.length + " bodies and " + advances.length + " positions");
            }
            Map<Integer, Map<String, String>> ownHeaders = readOwnHeaders(in, limit);
            byte[] bodies = new byte[checked(in.readLong(), limit)];
            in.readFixed(bodies);
            EventBatch.Builder batch = EventBatch.builder(source, start.generation(), start.offset(), headers, bodies);
            int at = 0;
            for (int i = 0; i < lengths.length; i++) {
                batch.add(at, lengths[i], startOffset + advances[i], ownHeaders.getOrDefault(i, Map.of()));
                at += lengths[i];
            }
            return batch.build();
        } catch (IllegalArgumentException
                | ArithmeticException
                | UnsupportedOperationException
                | AvroRuntimeException e) {
            throw new IOException("not a batch: " + e.getMessage(), e);
        }
    }

    private static Map<Integer, Map<String, String>> readOwnHeaders(Decoder in, int limit) throws IOException {
        Map<Integer, Map<String, String>> own = new HashMap<>();
        for (long block = in.readArrayStart(); block != 0; block = in.arrayNext()) {
            checked(block + own.size(), limit);
            for (long i = 0; i < block; i++) {
                own.put(in.readInt(), readHeaders(in, limit));
            }
        }
        return own;
    }

    private static Map<String, String> readHeaders(Decoder in, int limit) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (long block = in.readMapStart(); block != 0; block = in.mapNext()) {
            checked(block + headers.size(), limit);
            for (long i = 0; i < block; i++) {
                headers.put(readString(in, limit), readString(in, limit));
            }
        }
        return headers;
    }

    private static int[] readInts(Decoder in, int limit) throws IOException {
        int[] items = new int[0];
        for (long block = in.readArrayStart(); block != 0; block = in.arrayNext()) {
            int from = items.length;
            items = Arrays.copyOf(items, checked(block + from, limit));
            for (int i = from; i < items.length; i++) {
                items[i] = in.readInt();
            }
        }
        return items;
    }

    private static String readString(Decoder in, int limit) throws IOException {
        // As with the bodies: Avro would take the memory before it looks whether the bytes are there.
        byte[] utf8 = new byte[checked(in.readLong(), limit)];
        in.readFixed(utf8);
        return new Utf8(utf8).toString();
    }

    private static int checked(long length, int limit) throws IOException {
        if (length < 0 || length > limit) {
            throw new IOException("length " + length + " in a message of " + limit + " bytes");
        }
        return (int) length;
    }
}
