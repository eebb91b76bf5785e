package org.millrace.channel;

import org.millrace.event.EventBatch;

/** What batches weigh against a channel's two limits. */
record Load(long events, long bytes) {
    static final Load NONE = new Load(0, 0);

    static Load of(EventBatch batch) {
        return new Load(batch.size(), batch.bytes());
    }

    Load plus(Load other) {
        return new Load(events + other.events, bytes + other.bytes);
    }

    Load minus(Load other) {
        return new Load(events - other.events, bytes - other.bytes);
    }

    /** A batch holds at least one event, so no events means no batch. */
    boolean isNone() {
        return events == 0;
    }

    boolean fits(ChannelSettings capacity) {
        return events <= capacity.capacityEvents() && bytes <= capacity.capacityBytes();
    }

    /** Whether at least a quarter of both limits is left. */
    boolean leavesQuarter(ChannelSettings capacity) {
        return events <= capacity.capacityEvents() - capacity.capacityEvents() / 4
                && bytes <= capacity.capacityBytes() - capacity.capacityBytes() / 4;
    }
}
