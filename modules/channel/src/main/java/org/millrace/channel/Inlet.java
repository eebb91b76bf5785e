package org.millrace.channel;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.event.EventBatch;
import org.millrace.flow.Interceptor;
import org.millrace.flow.Selector;

/**
 * The way of a batch into the channels: interceptors, selector, put. The same on an agent, behind
 * its sources, and on a collector, behind its receivers.
 *
 * @param interceptors what is done to each batch
 * @param selector into which channels it goes
 * @param channels all channels by name
 */
public record Inlet(Interceptor interceptors, Selector selector, Map<String, ActorRef<Channel.Command>> channels) {
    public Inlet {
        channels = Map.copyOf(channels);
    }

    /** Sends {@code batch} on its way; {@code fanOut} knows when it is committed. */
    public void offer(EventBatch batch, FanOut fanOut) {
        Optional<EventBatch> kept = interceptors.intercept(batch);
        kept.ifPresent(rest -> fanOut.offer(rest, selector.select(rest).required()));
        if (kept.isEmpty() || batch.last().isAfter(kept.get().last())) {
            // What was filtered out counts as done as soon as what was before it is.
            fanOut.offer(batch, Set.of());
        }
    }
}
