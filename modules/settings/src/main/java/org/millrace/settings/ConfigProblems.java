package org.millrace.settings;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects the mistakes of one configuration while it is read, what is to be noticed about it, and which
 * keys were read. Not thread-safe.
 */
public final class ConfigProblems {
    /** A set: a key that two readers ask for is one mistake. */
    private final Set<ConfigProblem> found = new LinkedHashSet<>();

    private final Set<ConfigNotice> notices = new LinkedHashSet<>();

    /** The full keys that somebody asked for, whatever came of it. */
    private final Set<String> asked = new TreeSet<>();

    /** Adds a mistake. */
    public void add(ConfigProblem problem) {
        found.add(problem);
    }

    /** Every mistake so far. */
    public List<ConfigProblem> found() {
        return List.copyOf(found);
    }

    /** Adds what is no mistake and yet to be said. */
    public void notice(ConfigNotice notice) {
        notices.add(notice);
    }

    /** Every notice so far. */
    public List<ConfigNotice> notices() {
        return List.copyOf(notices);
    }

    /** Every key that was read so far, with its full name, whether it is written or not. */
    public Set<String> keysAsked() {
        return Collections.unmodifiableSet(asked);
    }

    void asked(String fullKey) {
        asked.add(fullKey);
    }

    /**
     * Refuses the configuration if anything is wrong with it.
     *
     * @throws InvalidConfigException with every mistake found
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidConfigException(found());
        }
    }
}
