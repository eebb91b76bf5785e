package org.millrace.channel;

import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.event.EventBatch;
import org.millrace.flow.Interceptor;
import org.millrace.flow.Selection;
import org.millrace.flow.Selector;
import org.millrace.flow.Tally;
import org.millrace.telemetry.Telemetry;

/**
 * The way of a batch into the channels: interceptors, selector, put. The same on an agent, behind
 * its sources, and on a collector, behind its receivers. Counts every event that does not take this
 * way as usual.
 *
 * @param interceptors what is done to each batch
 * @param selector into which channels its events go
 * @param channels all channels by name
 * @param meters has {@code dropped.events} and {@code unchanged.events}, each with its reason
 */
public record Inlet(
        Interceptor interceptors,
        Selector selector,
        Map<String, ActorRef<Channel.Command>> channels,
        Telemetry.Part meters) {
    public Inlet {
        channels = Map.copyOf(channels);
    }

    /** Sends {@code batch} on its way; {@code fanOut} knows when it is committed. */
    public void offer(EventBatch batch, FanOut fanOut) {
        Counters counters = new Counters(meters);
        Optional<EventBatch> kept = interceptors.intercept(batch, counters);
        Selection selection = kept.map(selector::select).orElse(Selection.NONE);
        if (selection.nowhere() > 0) {
            counters.dropped("no-channel", selection.nowhere());
        }
        // What was filtered out, at the end too, counts as done as soon as what was before it is.
        fanOut.offer(batch.last(), selection);
    }

    private record Counters(Telemetry.Part meters) implements Tally {
        @Override
        public void dropped(String reason, int events) {
            meters.counter("dropped.events", reason).increment(events);
        }

        @Override
        public void unchanged(String reason, int events) {
            meters.counter("unchanged.events", reason).increment(events);
        }
    }
}
