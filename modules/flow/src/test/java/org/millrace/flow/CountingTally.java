package org.millrace.flow;

import java.util.Map;
import java.util.TreeMap;

/** Remembers what was counted, as "dropped regex-filter" and the like. */
final class CountingTally implements Tally {
    private final Map<String, Integer> counts = new TreeMap<>();

    @Override
    public void dropped(String reason, int events) {
        counts.merge("dropped " + reason, events, Integer::sum);
    }

    @Override
    public void unchanged(String reason, int events) {
        counts.merge("unchanged " + reason, events, Integer::sum);
    }

    Map<String, Integer> counts() {
        return counts;
    }
}
