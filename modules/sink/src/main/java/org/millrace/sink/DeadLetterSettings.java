package org.millrace.sink;

import com.typesafe.config.Config;
import java.nio.file.Path;
import org.millrace.settings.ConfigSection;

/**
 * Where dead letters are kept, and how many.
 *
 * @param directory holds one file a sink; made when the first event is recorded
 * @param maxBytes limit of each file
 */
public record DeadLetterSettings(Path directory, long maxBytes) {
    /**
     * Reads a section whose keys are those of {@code millrace.sink.dead-letters} and {@code
     * directory}.
     *
     * @param directory used where the section names none
     */
    public static DeadLetterSettings from(ConfigSection section, Config reference, Path directory) {
        ConfigSection complete = section.withDefaults(reference.getConfig("millrace.sink.dead-letters"));
        DeadLetterSettings settings = new DeadLetterSettings(
                complete.optionalPath("directory").orElse(directory), complete.bytes("max-bytes", 0, Long.MAX_VALUE));
        complete.rejectUnknownKeys();
        return settings;
    }
}
