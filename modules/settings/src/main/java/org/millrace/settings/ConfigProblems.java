package org.millrace.settings;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects the mistakes of one configuration while it is read. Not thread-safe. */
public final class ConfigProblems {
    /** A set: a key that two readers ask for is one mistake. */
    private final Set<ConfigProblem> found = new LinkedHashSet<>();

    /** Adds a mistake. */
    public void add(ConfigProblem problem) {
        found.add(problem);
    }

    /** Every mistake so far. */
    public List<ConfigProblem> found() {
        return List.copyOf(found);
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
