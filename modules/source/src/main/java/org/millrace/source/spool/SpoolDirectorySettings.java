package org.millrace.source.spool;

import com.typesafe.config.Config;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;
import org.millrace.source.EventSource;
import org.millrace.source.EventSourceSettings;
import org.millrace.telemetry.Telemetry;

/**
 * How a spool directory is read. The keys are explained in this module's {@code reference.conf}.
 *
 * @param name the source's name on its agent
 * @param directory absolute path of the directory to watch
 * @param stateDirectory absolute path of the directory of the progress file, the same for all
 *     sources of an agent
 * @param include what a whole file name must match
 * @param ignore what it must not match, if anything
 * @param recursive whether subdirectories count
 * @param completedSuffix for files of which every event is stored
 * @param failedSuffix for files that changed while they were read
 * @param onCompletion what becomes of a file of which every event is stored
 * @param fileHeader the header in which events carry the path, if they do
 * @param basenameHeader the header in which they carry the file name, if they do
 * @param pollInterval pause between two looks for files where the system tells of none
 * @param restTime how long a file must not have changed
 * @param maxEvent longest body in bytes
 * @param batchBytes bytes read at once
 * @param batchEvents most events of a batch
 * @param progressInterval shortest time between two writes of progress
 */
public record SpoolDirectorySettings(
        String name,
        Path directory,
        Path stateDirectory,
        Pattern include,
        Optional<Pattern> ignore,
        boolean recursive,
        String completedSuffix,
        String failedSuffix,
        OnCompletion onCompletion,
        Optional<String> fileHeader,
        Optional<String> basenameHeader,
        Duration pollInterval,
        Duration restTime,
        int maxEvent,
        int batchBytes,
        int batchEvents,
        Duration progressInterval)
        implements EventSourceSettings {

    /** So that what goes with them, positions and headers, has room beside them. */
    private static final int MOST_EVENTS = 10_000;

    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(1);

    /** What becomes of a file of which every event is stored. */
    public enum OnCompletion {
        RENAME,
        DELETE
    }

    /**
     * Reads the section of one source; its keys are those of {@code millrace.source.spool-directory}
     * and the caller's own {@code channels}.
     *
     * @param stateDirectory where the agent keeps its state
     */
    public static SpoolDirectorySettings from(ConfigSection section, Config reference, Path stateDirectory) {
        ConfigSection complete = section.withDefaults(reference.getConfig("millrace.source.spool-directory"));
        complete.oneOf("type", Type.class);
        List.of("channels", "interceptors", "selector").forEach(complete::has);
        SpoolDirectorySettings settings = new SpoolDirectorySettings(
                complete.name(),
                complete.path("directory").toAbsolutePath().normalize(),
                stateDirectory.toAbsolutePath().normalize(),
                wholeName(complete.pattern("include-pattern")),
                Optional.of(complete.pattern("ignore-pattern"))
                        .filter(pattern -> !pattern.pattern().isEmpty())
                        .map(SpoolDirectorySettings::wholeName),
                complete.bool("recursive"),
                suffix(complete, "completed-suffix"),
                suffix(complete, "failed-suffix"),
                complete.oneOf("on-completion", OnCompletion.class),
                header(complete, "file-header"),
                header(complete, "basename-header"),
                complete.duration("poll-interval", SHORTEST_INTERVAL),
                complete.duration("rest-time", Duration.ZERO),
                (int) complete.bytes("max-event", 64, EventBatch.LONGEST_EVENT),
                (int) complete.bytes("batch-bytes", 1024, EventBatch.LONGEST_EVENT),
                complete.integer("batch-events", 1, MOST_EVENTS),
                complete.duration("progress-interval", SHORTEST_INTERVAL));
        settings.check(complete);
        complete.rejectUnknownKeys();
        return settings;
    }

    private void check(ConfigSection section) {
        if (completedSuffix.equals(failedSuffix)) {
            section.problem("failed-suffix", "must differ from completed-suffix");
        }
        if (fileHeader.isPresent() && fileHeader.equals(basenameHeader)) {
            section.problem("basename-header-key", "must differ from file-header-key");
        }
        boolean holdsState = recursive ? stateDirectory.startsWith(directory) : directory.equals(stateDirectory);
        if (holdsState) {
            section.problem("directory", "must not hold the agent's state directory " + stateDirectory);
        }
    }

    private static Optional<String> header(ConfigSection section, String key) {
        String name = section.string(key + "-key");
        return section.bool(key) ? Optional.of(name) : Optional.empty();
    }

    private static String suffix(ConfigSection section, String key) {
        String suffix = section.string(key);
        try {
            if (suffix.indexOf('/') >= 0 || Path.of(suffix).getNameCount() != 1) {
                section.problem(key, "must not have a '/' in it, it becomes the end of a file name");
            }
        } catch (InvalidPathException e) {
            section.problem(key, "cannot be the end of a file name: " + e.getReason());
        }
        return suffix;
    }

    private static Pattern wholeName(Pattern written) {
        return Pattern.compile(written.pattern(), Pattern.DOTALL);
    }

    @Override
    public EventSource source(Telemetry telemetry) {
        return SpoolDirectorySource.of(this, telemetry);
    }

    private enum Type {
        SPOOL_DIRECTORY
    }
}
