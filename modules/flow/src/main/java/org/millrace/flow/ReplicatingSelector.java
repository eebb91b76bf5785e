package org.millrace.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/** Every event into every channel, as Flume's selector {@code replicating} does. */
record ReplicatingSelector(List<String> required, List<String> optional) implements Selector {
    static ReplicatingSelector from(ConfigSection section, ChannelNames channels) {
        List<String> optional = channels.in(section, "optional");
        List<String> required = new ArrayList<>(channels.all());
        required.removeAll(optional);
        if (required.isEmpty() && !optional.isEmpty()) {
            section.problem(
                    "optional",
                    "names every channel; one of them at least must be required, or events would count as stored"
                            + " that nobody has taken");
        }
        return new ReplicatingSelector(required, optional);
    }

    @Override
    public Selection select(EventBatch batch) {
        return new Selection(all(required, batch), all(optional, batch), 0);
    }

    private static Map<String, EventBatch> all(List<String> channels, EventBatch batch) {
        return channels.stream().distinct().collect(Collectors.toMap(channel -> channel, channel -> batch));
    }
}
