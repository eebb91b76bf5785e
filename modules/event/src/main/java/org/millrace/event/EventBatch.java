package org.millrace.event;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.io.Encoder;

/**
 * Consecutive events of one source and one generation: what travels, is acknowledged, and is sent
 * again. Immutable and safe to share between threads.
 *
 * <p>All bodies lie in one array (the <em>slab</em>), so that a batch is a handful of objects
 * however many events it has, and a source can read a file straight into it. Headers that all
 * events share are kept, and sent, once.
 */
public final class EventBatch {
    /** What an event costs in memory beside its body: its place in three arrays, with slack. */
    private static final int EVENT_OVERHEAD = 16;

    /** The longest event that a source makes, in bytes: what else a batch has, and may grow by, has room beside it. */
    public static final int LONGEST_EVENT = 1536 << 10;

    /**
     * The most that a batch may {@linkplain #bytes weigh}: a message between nodes has 2 MiB
     * ({@code maximum-large-frame-size}), and a larger batch would never arrive.
     */
    public static final long LARGEST = (2 << 20) - (64 << 10);

    private final SourceId source;
    private final long generation;
    private final long startOffset;
    private final Map<String, String> sharedHeaders;
    private final byte[] slab;
    private final int[] starts;
    private final int[] lengths;
    /** Offset of each event's end, relative to {@link #startOffset}. */
    private final int[] advances;
    /** Headers that only some events have, by index; most batches have none. */
    private final Map<Integer, Map<String, String>> ownHeaders;

    private final long bytes;

    private EventBatch(
            SourceId source,
            long generation,
            long startOffset,
            Map<String, String> sharedHeaders,
            byte[] slab,
            int[] starts,
            int[] lengths,
            int[] advances,
            Map<Integer, Map<String, String>> ownHeaders) {
        if (starts.length == 0) {
            throw new IllegalArgumentException("a batch holds at least one event");
        }
        this.source = source;
        this.generation = generation;
        this.startOffset = startOffset;
        this.sharedHeaders = sharedHeaders;
        this.slab = slab;
        this.starts = starts;
        this.lengths = lengths;
        this.advances = advances;
        this.ownHeaders = ownHeaders;
        this.bytes = weigh();
    }

    /**
     * Starts a batch whose bodies are slices of {@code slab}, which the builder takes over: the
     * caller must not write to it again.
     *
     * @param startOffset where in the generation the first event begins
     */
    public static Builder builder(
            SourceId source, long generation, long startOffset, Map<String, String> sharedHeaders, byte[] slab) {
        return new Builder(source, generation, startOffset, sharedHeaders, slab);
    }

    /** The source that all the events come from. */
    public SourceId source() {
        return source;
    }

    /** Number of events, at least 1. */
    public int size() {
        return starts.length;
    }

    /**
     * What the batch weighs against limits in bytes: bodies, headers and a fixed part an event. The
     * same on every node, so that a window granted by one side is a window of the other.
     */
    public long bytes() {
        return bytes;
    }

    /** Bytes of the bodies alone. */
    public long bodyBytes() {
        long sum = 0;
        for (int length : lengths) {
            sum += length;
        }
        return sum;
    }

    /** The generation of all the events' positions. */
    public long generation() {
        return generation;
    }

    /** Where in the generation the first event begins. */
    public long startOffset() {
        return startOffset;
    }

    /** Position of the first event. */
    public Position first() {
        return position(0);
    }

    /** Position of the last event; once it is committed, so is the whole batch. */
    public Position last() {
        return position(size() - 1);
    }

    /** Position of event {@code index}. */
    public Position position(int index) {
        return new Position(generation, startOffset + advances[index]);
    }

    /** How far event {@code index} ends behind {@link #startOffset()}. */
    int advance(int index) {
        return advances[index];
    }

    /** Headers that all events share; unmodifiable. */
    public Map<String, String> sharedHeaders() {
        return sharedHeaders;
    }

    /** Headers that only event {@code index} has, usually none; unmodifiable. */
    public Map<String, String> ownHeaders(int index) {
        return ownHeaders.getOrDefault(index, Map.of());
    }

    /** All headers of event {@code index}, its own winning over shared ones; unmodifiable. */
    public Map<String, String> headers(int index) {
        Map<String, String> own = ownHeaders(index);
        if (own.isEmpty()) {
            return sharedHeaders;
        }
        Map<String, String> all = new HashMap<>(sharedHeaders);
        all.putAll(own);
        return Map.copyOf(all);
    }

    /** The value of one header of event {@code index}, or null. */
    public String header(int index, String name) {
        String own = ownHeaders(index).get(name);
        return own != null ? own : sharedHeaders.get(name);
    }

    /** Length of the body of event {@code index} in bytes. */
    public int bodyLength(int index) {
        return lengths[index];
    }

    /** A copy of the body of event {@code index}. */
    public byte[] copyBody(int index) {
        return Arrays.copyOfRange(slab, starts[index], starts[index] + lengths[index]);
    }

    /** The body of event {@code index} as text, what is no text in {@code charset} replaced. */
    public String bodyText(int index, Charset charset) {
        return new String(slab, starts[index], lengths[index], charset);
    }

    /** Writes the body of event {@code index} without a copy in between. */
    public void writeBody(int index, OutputStream out) throws IOException {
        out.write(slab, starts[index], lengths[index]);
    }

    /** As {@link #writeBody(int, OutputStream)}, into the middle of an Avro field. */
    void encodeBody(int index, Encoder out) throws IOException {
        out.writeFixed(slab, starts[index], lengths[index]);
    }

    /** Event {@code index} as a view on this batch. */
    public Event event(int index) {
        return new Event(
                headers(index),
                ByteBuffer.wrap(slab, starts[index], lengths[index]).slice().asReadOnlyBuffer());
    }

    /** The same events with other shared headers; bodies are not copied. */
    public EventBatch withSharedHeaders(Map<String, String> headers) {
        return new EventBatch(
                source, generation, startOffset, Map.copyOf(headers), slab, starts, lengths, advances, ownHeaders);
    }

    /** The same events, none with a header of its own called {@code name}; bodies are not copied. */
    public EventBatch withoutOwnHeader(String name) {
        return withHeaders(sharedHeaders, name::equals);
    }

    /** The same events without the headers whose names {@code unwanted} accepts; bodies are not copied. */
    public EventBatch withoutHeaders(Predicate<String> unwanted) {
        Map<String, String> shared = new HashMap<>(sharedHeaders);
        shared.keySet().removeIf(unwanted);
        return withHeaders(shared, unwanted);
    }

    private EventBatch withHeaders(Map<String, String> shared, Predicate<String> unwantedOwn) {
        boolean ownStay = ownHeaders.values().stream()
                .noneMatch(headers -> headers.keySet().stream().anyMatch(unwantedOwn));
        if (ownStay) {
            return shared.size() == sharedHeaders.size() ? this : withSharedHeaders(shared);
        }
        Map<Integer, Map<String, String>> own = new HashMap<>();
        ownHeaders.forEach((index, headers) -> {
            Map<String, String> rest = new HashMap<>(headers);
            rest.keySet().removeIf(unwantedOwn);
            if (!rest.isEmpty()) {
                own.put(index, Map.copyOf(rest));
            }
        });
        return new EventBatch(
                source, generation, startOffset, Map.copyOf(shared), slab, starts, lengths, advances, Map.copyOf(own));
    }

    /**
     * The same events with more headers of their own, which win over those that they have; bodies are
     * not copied.
     *
     * @param added by index of the event
     */
    public EventBatch withOwnHeaders(Map<Integer, Map<String, String>> added) {
        if (added.isEmpty()) {
            return this;
        }
        Map<Integer, Map<String, String>> own = new HashMap<>(ownHeaders);
        added.forEach((index, headers) -> {
            Map<String, String> all = new HashMap<>(ownHeaders(index));
            all.putAll(headers);
            own.put(index, Map.copyOf(all));
        });
        return new EventBatch(
                source, generation, startOffset, sharedHeaders, slab, starts, lengths, advances, Map.copyOf(own));
    }

    /** The same events as those of another source, or of another life of this one; bodies are not copied. */
    public EventBatch withSource(SourceId other) {
        return new EventBatch(
                other, generation, startOffset, sharedHeaders, slab, starts, lengths, advances, ownHeaders);
    }

    /**
     * The same events with other bodies. The bodies of all events move to a slab of their own, so that
     * the old ones take no memory any more.
     *
     * @param changed the new bodies by index of the event
     */
    public EventBatch withBodies(Map<Integer, byte[]> changed) {
        return changed.isEmpty() ? this : onNewSlab(changed);
    }

    private EventBatch onNewSlab(Map<Integer, byte[]> changed) {
        ByteArrayOutputStream bodies = new ByteArrayOutputStream(Math.toIntExact(bodyBytes()));
        int[] newStarts = new int[size()];
        int[] newLengths = new int[size()];
        for (int i = 0; i < size(); i++) {
            byte[] body = changed.get(i);
            newStarts[i] = bodies.size();
            newLengths[i] = body == null ? lengths[i] : body.length;
            bodies.write(body == null ? slab : body, body == null ? starts[i] : 0, newLengths[i]);
        }
        return new EventBatch(
                source,
                generation,
                startOffset,
                sharedHeaders,
                bodies.toByteArray(),
                newStarts,
                newLengths,
                advances,
                ownHeaders);
    }

    /**
     * Some of the events, at the positions that they had; this batch itself where that is all of them.
     * Bodies are copied only where they are less than half of the slab: a batch must not hold much
     * more memory than it weighs.
     *
     * @param kept the indexes of the events, at least one
     * @throws IllegalArgumentException when {@code kept} is empty
     */
    public EventBatch only(BitSet kept) {
        int count = kept.cardinality();
        if (count == size()) {
            return this;
        }
        int[] indexes = kept.stream().toArray();
        int[] newStarts = new int[count];
        int[] newLengths = new int[count];
        int[] newAdvances = new int[count];
        Map<Integer, Map<String, String>> own = new HashMap<>();
        for (int i = 0; i < count; i++) {
            newStarts[i] = starts[indexes[i]];
            newLengths[i] = lengths[indexes[i]];
            newAdvances[i] = advances[indexes[i]];
            Map<String, String> headers = ownHeaders.get(indexes[i]);
            if (headers != null) {
                own.put(i, headers);
            }
        }
        EventBatch part = new EventBatch(
                source,
                generation,
                startOffset,
                sharedHeaders,
                slab,
                newStarts,
                newLengths,
                newAdvances,
                Map.copyOf(own));
        return part.bodyBytes() < slab.length / 2 ? part.onNewSlab(Map.of()) : part;
    }

    /**
     * The events behind {@code position}; this batch itself where that is all of them. Call it only
     * where the last event lies behind {@code position}.
     *
     * @throws IllegalArgumentException when no event lies behind {@code position}
     */
    public EventBatch after(Position position) {
        int from = 0;
        while (from < size() && !position(from).isAfter(position)) {
            from++;
        }
        BitSet behind = new BitSet(size());
        behind.set(from, size());
        return only(behind);
    }

    /** What an event with these headers of its own adds to {@link #bytes()} of its batch. */
    public static long weightOf(int bodyLength, Map<String, String> headers) {
        return EVENT_OVERHEAD + bodyLength + weigh(headers);
    }

    private long weigh() {
        long sum = bodyBytes() + (long) EVENT_OVERHEAD * size() + weigh(sharedHeaders);
        for (Map<String, String> headers : ownHeaders.values()) {
            sum += weigh(headers);
        }
        return sum;
    }

    private static long weigh(Map<String, String> headers) {
        long sum = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            sum += EVENT_OVERHEAD + header.getKey().length() + header.getValue().length();
        }
        return sum;
    }

    @Override
    public String toString() {
        return "EventBatch(" + source + " " + first() + ".." + last() + ", " + size() + " events, " + bytes + " bytes)";
    }

    /** Collects the events of a batch in the order of their positions. Not thread-safe. */
    public static final class Builder {
        private final SourceId source;
        private final long generation;
        private final long startOffset;
        private final Map<String, String> sharedHeaders;
        private final byte[] slab;
        private final Map<Integer, Map<String, String>> ownHeaders = new HashMap<>();
        private int[] starts = new int[64];
        private int[] lengths = new int[64];
        private int[] advances = new int[64];
        private int size;

        private Builder(
                SourceId source, long generation, long startOffset, Map<String, String> sharedHeaders, byte[] slab) {
            this.source = source;
            this.generation = generation;
            this.startOffset = startOffset;
            this.sharedHeaders = Map.copyOf(sharedHeaders);
            this.slab = slab;
        }

        /** Number of events added so far. */
        public int size() {
            return size;
        }

        /**
         * Adds the event whose body is {@code length} bytes of the slab from {@code start}.
         *
         * @param endOffset the offset of its position, behind the event before it
         */
        public Builder add(int start, int length, long endOffset) {
            if (start < 0 || length < 0 || length > slab.length - start) {
                throw new IllegalArgumentException(
                        "body " + start + "+" + length + " outside a slab of " + slab.length + " bytes");
            }
            int advance = Math.toIntExact(endOffset - startOffset);
            if (size > 0 ? advance <= advances[size - 1] : advance < 0) {
                throw new IllegalArgumentException("positions must rise: offset " + endOffset + " at event " + size);
            }
            if (size == starts.length) {
                starts = Arrays.copyOf(starts, size * 2);
                lengths = Arrays.copyOf(lengths, size * 2);
                advances = Arrays.copyOf(advances, size * 2);
            }
            starts[size] = start;
            lengths[size] = length;
            advances[size] = advance;
            size++;
            return this;
        }

        /** As {@link #add(int, int, long)}, with headers that only this event has. */
        public Builder add(int start, int length, long endOffset, Map<String, String> headers) {
            if (!headers.isEmpty()) {
                ownHeaders.put(size, Map.copyOf(headers));
            }
            return add(start, length, endOffset);
        }

        /**
         * The batch; the builder is spent.
         *
         * @throws IllegalArgumentException when no event was added
         */
        public EventBatch build() {
            return new EventBatch(
                    source,
                    generation,
                    startOffset,
                    sharedHeaders,
                    slab,
                    Arrays.copyOf(starts, size),
                    Arrays.copyOf(lengths, size),
                    Arrays.copyOf(advances, size),
                    Map.copyOf(ownHeaders));
        }
    }
}
