package org.millrace.clusterconfig;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;

/**
 * A member's own view of who is on its side of a partition and who is not; and the rule that decides
 * whom it downs.
 *
 * <p>On its side are all that it reaches, be it through others. Gossip knows: it goes between any two
 * members that reach each other, and whoever has seen its newest version has got it from somebody of
 * this side. So out of reach is who is reported unreachable <i>and</i> has not seen it. What a member
 * reported before it died itself thus counts for nothing, nor does a link that is broken between two
 * members only.
 *
 * <p>The larger side stays and its lowest member downs the others; on the smaller side each downs
 * itself, and starts anew. A side is as large as its members that are fully up: those who join during a
 * partition are known on one side only.
 *
 * @param self this node
 * @param peers all members, itself too
 */
record Sides(UniqueAddress self, List<Peer> peers) {
    private static final Set<MemberStatus> OUT = Set.of(MemberStatus.exiting(), MemberStatus.down());
    private static final Set<MemberStatus> GOING =
            Set.of(MemberStatus.leaving(), MemberStatus.exiting(), MemberStatus.down());
    private static final Set<MemberStatus> COUNTED = Set.of(MemberStatus.up(), MemberStatus.leaving());

    /** Who counts before who does not; both sides find the same one in front. */
    private static final Comparator<Peer> LOWEST = Comparator.comparing((Peer peer) -> !peer.counts())
            .thenComparing(peer -> peer.node().address().toString());

    /**
     * A member.
     *
     * @param collector whether it is one
     * @param unreachable whether any member reports it so
     * @param seesGossip whether it has seen the newest version of the gossip
     */
    record Peer(UniqueAddress node, MemberStatus status, boolean collector, boolean unreachable, boolean seesGossip) {
        private boolean isReached() {
            return !unreachable || seesGossip;
        }

        private boolean counts() {
            return COUNTED.contains(status);
        }
    }

    /** The members that are out of reach. */
    Set<UniqueAddress> others() {
        return nodes(in().filter(peer -> !peer.isReached()));
    }

    /** The members that are not. */
    Set<UniqueAddress> reached() {
        return nodes(in().filter(Peer::isReached));
    }

    Set<UniqueAddress> collectors() {
        return nodes(in().filter(Peer::collector));
    }

    /** Those that the cluster has yet to see off, which it does not while any two do not reach each other. */
    Set<UniqueAddress> going() {
        return nodes(peers.stream().filter(peer -> GOING.contains(peer.status())));
    }

    /** Whom this node downs, given that the sides will stay as they are; maybe itself. */
    Set<UniqueAddress> downed() {
        boolean member = in().anyMatch(peer -> peer.node().equals(self));
        if (!member || others().isEmpty()) {
            return Set.of();
        }
        if (!stays()) {
            return Set.of(self);
        }
        return isFirst() ? others() : Set.of();
    }

    /** Whether this node speaks for its side. */
    boolean isFirst() {
        return in().filter(Peer::isReached)
                .min(LOWEST)
                .filter(peer -> peer.node().equals(self))
                .isPresent();
    }

    private boolean stays() {
        long mine = in().filter(Peer::counts).filter(Peer::isReached).count();
        long theirs = in().filter(Peer::counts).count() - mine;
        return mine == theirs ? in().min(LOWEST).orElseThrow().isReached() : mine > theirs;
    }

    /** Who is out of the cluster already is on no side. */
    private Stream<Peer> in() {
        return peers.stream().filter(peer -> !OUT.contains(peer.status()));
    }

    private static Set<UniqueAddress> nodes(Stream<Peer> peers) {
        return peers.map(Peer::node).collect(Collectors.toUnmodifiableSet());
    }
}
