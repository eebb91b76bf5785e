package org.millrace.topology.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Something that happens to a topology, and what must hold of the stores afterwards. Immutable.
 *
 * @param name what a user calls it by
 * @param story what happens, in a line
 * @param kind what it needs besides a topology
 */
record Scenario(String name, String story, Kind kind, Course course, List<Demand> demands) {
    /** What a scenario needs. */
    enum Kind {
        /** Lines come all the time. */
        STEADY_FEED,
        /** Feeds what it needs itself. */
        OWN_FEED,
        /** Lines come all the time, and links can be cut. */
        LINKS
    }

    /** What happens. */
    @FunctionalInterface
    interface Course {
        void run(Ground ground);
    }

    /** What must hold afterwards. */
    record Demand(String text, Predicate<Findings> holds) {}

    static Scenario of(String name, String story, Kind kind, Course course) {
        return new Scenario(name, story, kind, course, List.of())
                .demand("nothing lost", findings -> findings.lost() == 0)
                .demand("each agent's lines are in order", findings -> findings.outOfOrder() == 0);
    }

    Scenario demand(String text, Predicate<Findings> holds) {
        List<Demand> more = new ArrayList<>(demands);
        more.add(new Demand(text, holds));
        return new Scenario(name, story, kind, course, List.copyOf(more));
    }

    Scenario gapAtMost(long millis) {
        return demand(
                "gap at most " + millis + " ms", findings -> findings.gap().length() <= millis);
    }

    Scenario nothingDuplicated() {
        return demand(
                "nothing duplicated",
                findings -> findings.duplicatedInKafka() == 0 && findings.duplicatedInHdfs() == 0);
    }

    Scenario againOnlyWhatWasUnderWay() {
        return demand(
                "twice only what was under way when it broke",
                findings -> findings.againOnlyUnderWayAt(Findings.Mark.BROKEN));
    }

    /** Every agent delivers where it did before. */
    Scenario backHome() {
        return demand("all back home", findings -> findings.after().equals(findings.before()));
    }
}
