package org.millrace.topology;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows what an agent logs about its progress and its route. Takes what it knows, wherever in a line
 * it stands, and passes over the rest.
 *
 * <p>Not thread-safe.
 */
public final class AgentLog {
    private static final Pattern READ = Pattern.compile("\\bsource \\S+:.*? events=(\\d+)");
    private static final Pattern COMMITTED = Pattern.compile("\\bchannel \\S+:.*? committed\\.events=(\\d+)");
    private static final Pattern GOES_TO = Pattern.compile("\\blane \\S+ goes to (\\S+)");
    private static final Pattern NOWHERE = Pattern.compile("\\blane \\S+ has no collector\\b");

    /**
     * An agent with one source and one channel.
     *
     * @param read events that its source has read since the agent started
     * @param committed events of those that every store has
     * @param collector the address that its lane goes to, if it has one
     */
    public record View(long read, long committed, Optional<String> collector) {
        static final View NOTHING = new View(0, 0, Optional.empty());

        /** What is known after one more line of the log. */
        View with(String line) {
            Matcher matcher = READ.matcher(line);
            if (matcher.find()) {
                return new View(Long.parseLong(matcher.group(1)), committed, collector);
            }
            matcher = COMMITTED.matcher(line);
            if (matcher.find()) {
                return new View(read, Long.parseLong(matcher.group(1)), collector);
            }
            matcher = GOES_TO.matcher(line);
            if (matcher.find()) {
                return new View(read, committed, Optional.of(matcher.group(1)));
            }
            return NOWHERE.matcher(line).find() ? new View(read, committed, Optional.empty()) : this;
        }
    }

    private final LogFollower follower;
    private View view = View.NOTHING;

    /** Reads from the beginning. */
    public AgentLog(Path log) {
        this.follower = new LogFollower(log);
    }

    /** Passes over all that it has told so far, in earlier runs above all. */
    void skip() {
        follower.skip();
    }

    /** Reads what was logged since the last look, and tells what is known now. */
    public View look() {
        follower.read(line -> view = view.with(line));
        return view;
    }
}
