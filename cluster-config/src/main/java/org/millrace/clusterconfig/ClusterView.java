package org.millrace.clusterconfig;

import java.util.Map;
import java.util.Set;

/**
 * A node's own view of the cluster that it is in, as far as it matters to those outside; and the rule
 * that decides which of two clusters gives way.
 *
 * <p>Pekko's clusters never merge by themselves: the nodes of one must leave it and join the other. The
 * smaller one gives way, as that restarts fewer nodes; of two equals the one whose lowest address is
 * higher. Both sides decide by the same figures, so never both give way to each other, and one that
 * loses members on the way only becomes more clearly the smaller.
 *
 * @param uid this node's
 * @param members the uid of every member by its address, whatever its status
 * @param reached the addresses of the members that are up and reachable; empty while this node is not
 *     up itself
 */
record ClusterView(long uid, Map<String, Long> members, Set<String> reached) {
    ClusterView {
        members = Map.copyOf(members);
        reached = Set.copyOf(reached);
    }

    /** Of these members that are up and reachable, there are so many. */
    int size() {
        return reached.size();
    }

    /** The first of their addresses; empty for none. */
    String lowest() {
        return reached.stream().sorted().findFirst().orElse("");
    }

    /** Whether the sender of {@code hail} is in another cluster, to which this one must give way. */
    boolean givesWayTo(Hail hail) {
        if (size() == 0 || hail.size() == 0 || isTogetherWith(hail)) {
            return false;
        }
        return size() == hail.size() ? lowest().compareTo(hail.lowest()) > 0 : size() < hail.size();
    }

    /** One of the two lists the other: they are in one cluster, or it is the resolver's to decide. */
    private boolean isTogetherWith(Hail hail) {
        return hail.known() == uid || members.getOrDefault(hail.address(), 0L) == hail.uid();
    }

    /** What this node says of itself to the node at {@code receiver}. */
    Hail hail(String self, String receiver, long round, boolean answer) {
        return new Hail(self, uid, members.getOrDefault(receiver, 0L), size(), lowest(), round, answer);
    }
}
