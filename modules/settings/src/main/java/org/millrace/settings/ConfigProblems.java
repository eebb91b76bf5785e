package org.millrace.settings;

import java.util.ArrayList;
import java.util.List;

/** Collects the mistakes of one configuration while it is read. Not thread-safe. */
public final class ConfigProblems {
    private final List<ConfigProblem> found = new ArrayList<>();

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
            throw new InvalidConfigException(found);
        }
    }
}
