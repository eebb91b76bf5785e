package org.millrace.source.spool;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

/** Settings for tests: short pauses, no rest time. */
final class TestSettings {
    static final String NAME = "s";

    private TestSettings() {}

    /**
     * Settings of a source that watches {@code home/spool} and keeps its state in {@code home/state}.
     *
     * @param keys more keys, as in a configuration file
     */
    static SpoolDirectorySettings of(Path home, String keys) {
        String section = "poll-interval = 20 ms, rest-time = 0, progress-interval = 10 ms\n" + keys;
        String written = "sources.%s { directory = \"%s\"\n%s }".formatted(NAME, home.resolve("spool"), section);
        ConfigProblems problems = new ConfigProblems();
        ConfigSection read = ConfigSection.of(ConfigFactory.parseString(written), "sources." + NAME, problems);
        SpoolDirectorySettings settings =
                SpoolDirectorySettings.from(read, ConfigFactory.load(), home.resolve("state"));
        problems.throwIfAny();
        return settings;
    }

    /** The same with sizes that a user may not choose. */
    static SpoolDirectorySettings withSizes(SpoolDirectorySettings s, int maxEvent, int batchBytes, int batchEvents) {
        return new SpoolDirectorySettings(
                s.name(),
                s.directory(),
                s.stateDirectory(),
                s.include(),
                s.ignore(),
                s.recursive(),
                s.completedSuffix(),
                s.failedSuffix(),
                s.onCompletion(),
                s.fileHeader(),
                s.basenameHeader(),
                s.pollInterval(),
                s.restTime(),
                maxEvent,
                batchBytes,
                batchEvents,
                s.progressInterval());
    }
}
