package org.millrace.sink;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.millrace.settings.ConfigSection;

/**
 * Which sink of one node takes from which channel, while their sections are read one after the other. Not
 * thread-safe.
 */
public final class ChannelTakers {
    private static final String CHANNEL = "channel";

    private final Set<String> channels;
    private final Map<String, ConfigSection> takers = new HashMap<>();

    /** Nobody takes anything yet. */
    public ChannelTakers(Set<String> channels) {
        this.channels = channels;
    }

    /**
     * The sink of {@code section} takes from {@code channel}; a mistake when there is none of that name, or when
     * another sink does. That it is missing, and so empty, was noted when the section was read.
     */
    public void take(ConfigSection section, String channel) {
        if (channel.isEmpty()) {
            return;
        }
        if (!channels.contains(channel)) {
            section.problem(
                    CHANNEL, "there is no channel '" + channel + "'; there are: " + String.join(", ", channels));
            return;
        }
        ConfigSection other = takers.putIfAbsent(channel, section);
        if (other != null) {
            section.problem(
                    CHANNEL,
                    "sink " + other.name() + " takes from channel '" + channel + "' too (" + other.whereOf(CHANNEL)
                            + "); each would get a part of the events. Give it a channel of its own");
        }
    }

    /** Whether a sink takes from the channel. */
    public boolean isTaken(String channel) {
        return takers.containsKey(channel);
    }
}
