package org.millrace.delivery;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.channel.Channel;
import org.millrace.channel.Inlet;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.flow.Selector;
import org.millrace.telemetry.Telemetry;

/** Batches and inlets that tests are made of. */
final class Samples {
    static final SourceId SOURCE = new SourceId("weblogs", 7);

    /** What {@link EventBatch#bytes()} says of one event of a sample. */
    static final long EVENT_BYTES = 10 + 16;

    private Samples() {}

    /** One event an offset, from behind {@code from} up to {@code to}. */
    static EventBatch batch(long from, long to) {
        return batch(SOURCE, from, to);
    }

    /** As {@link #batch(long, long)}, of another source. */
    static EventBatch batch(SourceId source, long from, long to) {
        StringBuilder bodies = new StringBuilder();
        for (long offset = from + 1; offset <= to; offset++) {
            bodies.append(String.format("%010d", offset));
        }
        EventBatch.Builder batch =
                EventBatch.builder(source, 1, from, Map.of(), bodies.toString().getBytes(StandardCharsets.UTF_8));
        for (long offset = from + 1; offset <= to; offset++) {
            batch.add((int) (offset - from - 1) * 10, 10, offset);
        }
        return batch.build();
    }

    /** The position at {@code offset} of every sample. */
    static Position at(long offset) {
        return new Position(1, offset);
    }

    /** The offsets that a sample's bodies say they have. */
    static List<Long> offsets(EventBatch batch) {
        List<Long> offsets = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            offsets.add(Long.parseLong(batch.event(i).bodyAsText()));
        }
        return offsets;
    }

    /** Puts every batch as it is into all {@code channels}. */
    static Inlet inlet(Map<String, ActorRef<Channel.Command>> channels) {
        return new Inlet(
                (batch, tally) -> Optional.of(batch),
                Selector.replicating(List.copyOf(channels.keySet())),
                channels,
                Telemetry.inMemory().part("flow", "test"));
    }
}
