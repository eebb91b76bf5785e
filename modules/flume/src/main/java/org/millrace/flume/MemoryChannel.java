package org.millrace.flume;

import java.util.Optional;

/** Flume's channel {@code memory} as a channel of type {@code mailbox}. */
final class MemoryChannel {
    /** Flume's default capacity and transaction capacity, in events. */
    static final long FLUMES_DEFAULT = 100;

    private MemoryChannel() {}

    /**
     * Writes the section of one channel; an empty one, with the mistake noted, for one of another type.
     *
     * @param largest the largest batch that goes through it, where one is set
     */
    static void write(Part part, Optional<Property> largest, HoconText out) {
        out.open(part.name(), part.where());
        part.as(Census.Kind.CHANNEL, null).ifPresent(channel -> write(channel, largest, out));
        out.close();
    }

    private static void write(Component channel, Optional<Property> largest, HoconText out) {
        Optional<Long> batch = largest.flatMap(property -> numberOf(property.value()));
        Optional<Property> transaction = channel.peek("transactionCapacity");
        long transactionCapacity =
                transaction.flatMap(found -> channel.number(found, 1)).orElse(FLUMES_DEFAULT);
        if (batch.isPresent() && batch.get() > transactionCapacity) {
            raise(channel, channel.find("transactionCapacity"), transactionCapacity, largest.get());
        }
        channel.find("capacity")
                .ifPresent(found ->
                        channel.number(found, 1).ifPresent(capacity -> capacity(channel, found, capacity, batch, out)));
        new Mapping(channel, out).number("byteCapacity", "capacity-bytes", 1, "B");
        channel.finish();
    }

    private static void raise(Component channel, Optional<Property> transaction, long capacity, Property batch) {
        Property place = transaction.orElse(batch);
        channel.findings()
                .notice(
                        place,
                        "transactions of up to " + batch.value() + " events",
                        batch.key() + " = " + batch.value() + " (line " + batch.line()
                                + ") is more than the channel's transactionCapacity of " + capacity
                                + (transaction.isEmpty() ? ", Flume's default" : "")
                                + ": Flume would leave the component out, Millrace lets its batches pass");
    }

    private static void capacity(
            Component channel, Property found, long capacity, Optional<Long> batch, HoconText out) {
        long taken = Math.max(capacity, batch.orElse(0L));
        if (taken > capacity) {
            channel.findings()
                    .notice(
                            found,
                            "capacity-events = " + taken,
                            "a channel must hold the largest batch that goes through it, of " + taken + " events");
        }
        out.comment("As in Flume's file. Millrace's default is 200000; more lets more batches be under way.");
        out.put("capacity-events", Long.toString(taken), found.where());
    }

    /** Mistakes are the component's own to note. */
    private static Optional<Long> numberOf(String text) {
        return text.matches("\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }
}
