package org.millrace.flow;

import java.util.LinkedHashSet;
import java.util.List;
import org.millrace.settings.ConfigSection;

/** The channels that a selector may name. */
record ChannelNames(List<String> all) {
    ChannelNames {
        all = List.copyOf(all);
    }

    /** The channels in the list at {@code key}, each once; notes names that no channel has. */
    List<String> in(ConfigSection section, String key) {
        List<String> written = section.strings(key);
        for (int i = 0; i < written.size(); i++) {
            String name = written.get(i);
            if (!name.isBlank() && !all.contains(name)) {
                section.problem(key, i, "there is no channel '" + name + "' here; there are: " + shown());
            }
        }
        return List.copyOf(new LinkedHashSet<>(written));
    }

    /** All of them, for a message. */
    String shown() {
        return String.join(", ", all);
    }
}
