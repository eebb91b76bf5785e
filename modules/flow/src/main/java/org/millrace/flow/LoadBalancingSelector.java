package org.millrace.flow;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.HeaderNames;
import org.millrace.event.Position;
import org.millrace.event.SplitMix64;
import org.millrace.settings.ConfigSection;

/**
 * Each event into one of the channels, spread evenly, as Flume's selector {@code load_balancing} does.
 *
 * <p>The event's position decides, and not a counter or chance: an event that is read again after a
 * crash must go where it went before, or the channel that it comes to would take it for one that it has.
 * The parts of a line that was too long for one event stay together, by going with all such parts of
 * their generation.
 */
record LoadBalancingSelector(List<String> channels) implements Selector {
    static LoadBalancingSelector from(ConfigSection section, ChannelNames channels) {
        return new LoadBalancingSelector(
                channels.all().stream().distinct().sorted().toList());
    }

    @Override
    public Selection select(EventBatch batch) {
        Map<String, BitSet> events = new HashMap<>();
        for (int i = 0; i < batch.size(); i++) {
            events.computeIfAbsent(channels.get(channelOf(batch, i)), any -> new BitSet())
                    .set(i);
        }
        Map<String, EventBatch> parts = new HashMap<>();
        events.forEach((channel, kept) -> parts.put(channel, batch.only(kept)));
        return new Selection(parts, Map.of(), 0);
    }

    private int channelOf(EventBatch batch, int event) {
        Position position = batch.position(event);
        long hash = mixed(position.generation());
        if (batch.header(event, HeaderNames.LINE_PART) == null) {
            hash = mixed(hash + position.offset());
        }
        return Math.toIntExact(Long.remainderUnsigned(hash, channels.size()));
    }

    /** Numbers that follow each other become unrelated ones. */
    private static long mixed(long number) {
        return SplitMix64.mix(number + 0x9e3779b97f4a7c15L);
    }
}
