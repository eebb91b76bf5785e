package org.millrace.settings;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that must not start, with everything that is wrong with it. */
public final class InvalidConfigException extends RuntimeException {
    private final transient List<ConfigProblem> problems;

    public InvalidConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /** Every mistake, in the order of discovery. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
