package org.millrace.delivery;

import com.typesafe.config.Config;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

/**
 * How much a collector lets agents send ahead.
 *
 * @param receiveWindow bytes that all lanes together may have waiting for full channels
 */
public record DeliverySettings(long receiveWindow) {
    /** Reads {@code millrace.delivery}. */
    public static DeliverySettings from(Config root, ConfigProblems problems) {
        ConfigSection section = ConfigSection.of(root, "millrace.delivery", problems);
        DeliverySettings settings = new DeliverySettings(section.bytes("receive-window", 64 * 1024, Integer.MAX_VALUE));
        section.rejectUnknownKeys();
        return settings;
    }

    /**
     * The share of each of {@code lanes} lanes. Lanes are counted up to the next power of two, so that
     * a thousand that arrive at once change the share ten times and not a thousand.
     */
    long windowOf(int lanes) {
        int counted = lanes <= 1 ? 1 : Integer.highestOneBit(lanes - 1) * 2;
        return Math.max(1, receiveWindow / counted);
    }
}
