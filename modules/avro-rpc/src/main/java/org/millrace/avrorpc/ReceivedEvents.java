package org.millrace.avrorpc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/** The events of one request, in their order; no, one or many. Immutable. */
public final class ReceivedEvents {
    /** What an event or a header costs in memory beside its bytes, at most. */
    private static final int ITEM_BYTES = 64;

    private final byte[] slab;
    private final int[] starts;
    private final int[] lengths;
    private final Map<String, String> shared;
    private final List<Map<String, String>> own;
    private final long sharedBytes;
    private final long bytes;

    private ReceivedEvents(Reading reading) {
        this.starts = Arrays.copyOf(reading.starts, reading.size);
        this.lengths = Arrays.copyOf(reading.lengths, reading.size);
        long bodyBytes = Arrays.stream(lengths).asLongStream().sum();
        // Bodies are left where they lie, unless what lies between them is more than they are.
        this.slab = bodyBytes < reading.payload.length / 2
                ? compact(reading.payload, starts, lengths, (int) bodyBytes)
                : reading.payload;
        this.shared = sharedBy(reading.headers);
        this.sharedBytes = EventBatch.weightOf(0, shared);
        this.own = new ArrayList<>(reading.size);
        for (Map<String, String> headers : reading.headers) {
            own.add(without(headers, shared));
        }
        this.bytes = slab.length + reading.items * ITEM_BYTES;
    }

    /**
     * Reads the events of an {@code append} or {@code appendBatch}.
     *
     * @param payload of the frame; this takes it over
     * @param in stands in front of the events
     * @param many whether it is an array of events, or one
     */
    static ReceivedEvents read(byte[] payload, BoundedReader in, boolean many) throws IOException {
        Reading reading = new Reading(payload, in);
        if (many) {
            in.readArray(reading);
        } else {
            reading.read();
        }
        return new ReceivedEvents(reading);
    }

    /** Number of events. */
    public int size() {
        return starts.length;
    }

    /** What the events take in memory, at most. */
    public long bytes() {
        return bytes;
    }

    /** The size of the largest event, body and headers. */
    public long largest() {
        long largest = 0;
        for (int i = 0; i < starts.length; i++) {
            largest = Math.max(largest, sharedBytes + weigh(i));
        }
        return largest;
    }

    /**
     * The events as batches, none when there are no events. The offset counts events. The batches have
     * their bodies in one array together, so the first keeps as much memory as all of them.
     *
     * @param startOffset the number of events of the generation that came before
     * @param batchBytes what a batch weighs at most, unless a single event weighs more
     */
    public List<EventBatch> toBatches(SourceId source, long generation, long startOffset, long batchBytes) {
        List<EventBatch> batches = new ArrayList<>();
        EventBatch.Builder batch = null;
        long left = 0;
        for (int i = 0; i < starts.length; i++) {
            long weight = weigh(i);
            if (batch != null && weight > left) {
                batches.add(batch.build());
                batch = null;
            }
            if (batch == null) {
                batch = EventBatch.builder(source, generation, startOffset + i, shared, slab);
                left = batchBytes - sharedBytes;
            }
            batch.add(starts[i], lengths[i], startOffset + i + 1, own.get(i));
            left -= weight;
        }
        if (batch != null) {
            batches.add(batch.build());
        }
        return batches;
    }

    private long weigh(int event) {
        return EventBatch.weightOf(lengths[event], own.get(event));
    }

    private static byte[] compact(byte[] payload, int[] starts, int[] lengths, int bodyBytes) {
        byte[] bodies = new byte[bodyBytes];
        int at = 0;
        for (int i = 0; i < starts.length; i++) {
            System.arraycopy(payload, starts[i], bodies, at, lengths[i]);
            starts[i] = at;
            at += lengths[i];
        }
        return bodies;
    }

    private static Map<String, String> sharedBy(List<Map<String, String>> all) {
        if (all.isEmpty()) {
            return Map.of();
        }
        Map<String, String> shared = new HashMap<>(all.get(0));
        for (Map<String, String> headers : all) {
            shared.entrySet().retainAll(headers.entrySet());
        }
        return shared;
    }

    private static Map<String, String> without(Map<String, String> headers, Map<String, String> shared) {
        if (headers.size() == shared.size()) {
            return Map.of();
        }
        Map<String, String> rest = new HashMap<>(headers);
        rest.keySet().removeAll(shared.keySet());
        return Map.copyOf(rest);
    }

    /** What was read so far. */
    private static final class Reading implements BoundedReader.Item {
        private final byte[] payload;
        private final BoundedReader in;
        private final List<Map<String, String>> headers = new ArrayList<>();
        private int[] starts = new int[16];
        private int[] lengths = new int[16];
        private int size;
        /** Events, and headers that are not those of the event before. */
        private long items;

        Reading(byte[] payload, BoundedReader in) {
            this.payload = payload;
            this.in = in;
        }

        @Override
        public void read() throws IOException {
            Map<String, String> next = in.readStrings();
            Map<String, String> last = headers.isEmpty() ? Map.of() : headers.get(headers.size() - 1);
            boolean same = next.equals(last);
            headers.add(same ? last : next);
            items += same ? 1 : 1 + next.size();
            if (size == starts.length) {
                starts = Arrays.copyOf(starts, size * 2);
                lengths = Arrays.copyOf(lengths, size * 2);
            }
            lengths[size] = in.skipBytes();
            starts[size] = in.position() - lengths[size];
            size++;
        }
    }
}
