package org.millrace.topology.drill;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Prints what became of the scenarios: a table row by row, or one JSON array at the end, however far the
 * drill came.
 */
final class Report {
    private final boolean json;
    private final PrintStream out;
    private final PrintStream err;
    private final List<Outcome> outcomes = new ArrayList<>();

    /** @param err is told what was not carried out where {@code out} is for a machine */
    Report(boolean json, PrintStream out, PrintStream err) {
        this.json = json;
        this.out = out;
        this.err = err;
        if (!json) {
            out.println();
            out.println(Result.head());
        }
    }

    void add(Outcome outcome) {
        outcomes.add(outcome);
        if (!json) {
            out.println(outcome.row());
        } else if (outcome instanceof Outcome.NotCarriedOut) {
            err.println(outcome.row());
        }
    }

    /** Whether no scenario lost anything. */
    boolean lossless() {
        return outcomes.stream().allMatch(Outcome::lossless);
    }

    /** Nothing is added any more. */
    void end() {
        if (json) {
            out.println(outcomes.stream()
                    .map(Outcome::json)
                    .map(ObjectNode::toString)
                    .collect(Collectors.joining(",\n ", "[", "]")));
        }
    }
}
