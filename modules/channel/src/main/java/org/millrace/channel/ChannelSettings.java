package org.millrace.channel;

import com.typesafe.config.Config;
import org.millrace.settings.ConfigSection;

/**
 * How much a channel holds. Both limits count what waits in the channel and what was taken and is
 * not committed yet.
 *
 * @param name the channel's name on its node
 * @param capacityEvents limit in events
 * @param capacityBytes limit in bytes, as weighed by {@link org.millrace.event.EventBatch#bytes()}
 */
public record ChannelSettings(String name, int capacityEvents, long capacityBytes) {
    public ChannelSettings {
        if (capacityEvents < 1 || capacityBytes < 1) {
            throw new IllegalArgumentException("channel " + name + " must hold something: " + capacityEvents
                    + " events, " + capacityBytes + " bytes");
        }
    }

    /** Reads the section of one channel; its keys are those of {@code millrace.channel.mailbox}. */
    public static ChannelSettings from(ConfigSection section, Config reference) {
        ConfigSection complete = section.withDefaults(reference.getConfig("millrace.channel.mailbox"));
        complete.oneOf("type", Type.class);
        ChannelSettings settings = new ChannelSettings(
                complete.name(),
                complete.integer("capacity-events", 1, Integer.MAX_VALUE),
                complete.bytes("capacity-bytes", 1024, Long.MAX_VALUE));
        complete.rejectUnknownKeys();
        return settings;
    }

    private enum Type {
        MAILBOX
    }
}
