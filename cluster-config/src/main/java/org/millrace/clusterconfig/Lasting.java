package org.millrace.clusterconfig;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Counts for how many rounds in a row something has been the case.
 *
 * <p>Rounds, and not time: a node that was frozen has missed rounds, and what it knows is older than it
 * looks. Each has a count of its own, so that a member that is missing for a moment, as the ends of a
 * broken link are until they have seen newer gossip, does not set back the others.
 */
final class Lasting<T> {
    private final Map<T, Integer> rounds = new HashMap<>();

    /** A round in which it is the case for just these; whether there are any, and all have been for {@code enough}. */
    boolean have(Set<T> now, int enough) {
        rounds.keySet().retainAll(now);
        now.forEach(each -> rounds.merge(each, 1, Integer::sum));
        return !rounds.isEmpty() && rounds.values().stream().allMatch(count -> count >= enough);
    }
}
