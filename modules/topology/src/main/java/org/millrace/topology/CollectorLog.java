package org.millrace.topology;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows what a collector logs about its sinks.
 *
 * <p>Not thread-safe.
 */
final class CollectorLog {
    private static final Pattern READY = Pattern.compile("\\bsink (\\S+):.* ready=(\\d)");

    private final LogFollower follower;
    private final Map<String, Boolean> sinks = new HashMap<>();

    CollectorLog(Path log) {
        this.follower = new LogFollower(log);
    }

    /** Passes over all that it has told so far, in earlier runs above all. */
    void skip() {
        follower.read(line -> {});
    }

    /** Whether all its sinks have reached their stores, as far as it has told. */
    boolean isReady() {
        follower.read(line -> {
            Matcher matcher = READY.matcher(line);
            if (matcher.find()) {
                sinks.put(matcher.group(1), matcher.group(2).equals("1"));
            }
        });
        return !sinks.isEmpty() && !sinks.containsValue(false);
    }
}
