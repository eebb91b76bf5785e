package org.millrace.flow;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/**
 * Each event into the channels that its value of a header says, as Flume's selector {@code
 * multiplexing} does.
 *
 * <p>Events of a batch that go into one channel go together, in their order, since the positions of a
 * lane must rise: where the channel is required for any of them it is for all.
 *
 * @param header the header's name
 * @param ways where events with a certain value go
 * @param otherwise where those go that have none of these values, or no header
 */
record MultiplexingSelector(String header, Map<String, Way> ways, Way otherwise) implements Selector {
    /** The channels of an event. */
    record Way(List<String> required, List<String> optional) {}

    static MultiplexingSelector from(ConfigSection section, ChannelNames channels) {
        String header = section.string("header");
        List<String> otherwise = channels.in(section, "default");
        if (!section.has("default")) {
            section.problem(
                    "default",
                    "is missing: the channels of events whose header has no mapping, or [] to leave such events out");
        }
        Map<String, List<String>> mapping = lists(section.section("mapping"), channels);
        Map<String, List<String>> optional =
                section.has("optional") ? lists(section.section("optional"), channels) : Map.of();
        Map<String, Way> ways = new HashMap<>();
        mapping.forEach((value, required) -> ways.put(value, way(required, optional.getOrDefault(value, List.of()))));
        optional.forEach((value, names) -> ways.putIfAbsent(value, way(otherwise, names)));
        return new MultiplexingSelector(header, ways, new Way(otherwise, List.of()));
    }

    private static Map<String, List<String>> lists(ConfigSection section, ChannelNames channels) {
        Map<String, List<String>> lists = new HashMap<>();
        for (String value : section.keys()) {
            List<String> names = channels.in(section, value);
            if (value.isBlank()) {
                section.problem(value, "an event whose header is empty goes where 'default' says");
            } else if (names.isEmpty() && List.of("", "[]").contains(section.shown(value))) {
                section.problem(value, "must name at least one channel of: " + channels.shown());
            }
            lists.put(value, names);
        }
        return lists;
    }

    private static Way way(List<String> required, List<String> optional) {
        List<String> rest = new ArrayList<>(optional);
        rest.removeAll(required);
        return new Way(required, rest);
    }

    @Override
    public Selection select(EventBatch batch) {
        Map<String, BitSet> required = new HashMap<>();
        Map<String, BitSet> optional = new HashMap<>();
        int nowhere = 0;
        for (int i = 0; i < batch.size(); i++) {
            Way way = wayOf(batch.header(i, header));
            add(i, way.required(), required);
            add(i, way.optional(), optional);
            nowhere += way.required().isEmpty() && way.optional().isEmpty() ? 1 : 0;
        }
        required.forEach((channel, events) ->
                Optional.ofNullable(optional.remove(channel)).ifPresent(events::or));
        // Channels that get the same events get the same batch, which weighs once.
        Map<BitSet, EventBatch> parts = new HashMap<>();
        return new Selection(parts(batch, required, parts), parts(batch, optional, parts), nowhere);
    }

    private Way wayOf(String value) {
        return value == null ? otherwise : ways.getOrDefault(value, otherwise);
    }

    private static void add(int event, List<String> channels, Map<String, BitSet> events) {
        for (String channel : channels) {
            events.computeIfAbsent(channel, any -> new BitSet()).set(event);
        }
    }

    private static Map<String, EventBatch> parts(
            EventBatch batch, Map<String, BitSet> events, Map<BitSet, EventBatch> known) {
        Map<String, EventBatch> parts = new HashMap<>();
        events.forEach((channel, kept) -> parts.put(channel, known.computeIfAbsent(kept, batch::only)));
        return parts;
    }
}
