package org.millrace.clusterconfig;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Counts for how many rounds in a row members have been out of reach.
 *
 * <p>Rounds, and not time: a node that was frozen has missed rounds, and what it knows is older than it
 * looks. Each member has a count of its own, so that one that is missing for a moment, as the ends of a
 * broken link are until they have seen newer gossip, does not set back the others.
 */
final class Absences<M> {
    private final Map<M, Integer> rounds = new HashMap<>();

    /** A round in which just these are out of reach; whether all of them have been for {@code enough} rounds. */
    boolean last(Set<M> absent, int enough) {
        rounds.keySet().retainAll(absent);
        absent.forEach(member -> rounds.merge(member, 1, Integer::sum));
        return rounds.values().stream().allMatch(count -> count >= enough);
    }
}
