package org.millrace.clusterconfig;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
    private static final Set<MemberStatus> OUT = Set.of(MemberStatus.down(), MemberStatus.exiting());
    private static final Set<MemberStatus> COUNTED = Set.of(MemberStatus.up(), MemberStatus.leaving());

    /** Who counts before who does not; both sides find the same one in front. */
    private static final Comparator<Peer> LOWEST = Comparator.comparing((Peer peer) -> !peer.counts())
            .thenComparing(peer -> peer.node().address().toString());

    /**
     * A member.
     *
     * @param unreachable whether any member reports it so
     * @param seesGossip whether it has seen the newest version of the gossip
     */
    record Peer(UniqueAddress node, MemberStatus status, boolean unreachable, boolean seesGossip) {
        private boolean isReached() {
            return !unreachable || seesGossip;
        }

        private boolean counts() {
            return COUNTED.contains(status);
        }
    }

    /** Who is out of the cluster already is on no side. */
    Sides {
        peers = peers.stream().filter(peer -> !OUT.contains(peer.status())).toList();
    }

    /** The members that are out of reach. */
    Set<UniqueAddress> others() {
        return peers.stream().filter(peer -> !peer.isReached()).map(Peer::node).collect(Collectors.toUnmodifiableSet());
    }

    /** Whom this node downs, given that the sides will stay as they are; maybe itself. */
    Set<UniqueAddress> downed() {
        boolean member = peers.stream().anyMatch(peer -> peer.node().equals(self));
        if (!member || others().isEmpty()) {
            return Set.of();
        }
        if (!stays()) {
            return Set.of(self);
        }
        Peer first = peers.stream().filter(Peer::isReached).min(LOWEST).orElseThrow();
        return first.node().equals(self) ? others() : Set.of();
    }

    private boolean stays() {
        long mine = peers.stream().filter(Peer::counts).filter(Peer::isReached).count();
        long theirs = peers.stream().filter(Peer::counts).count() - mine;
        return mine == theirs ? peers.stream().min(LOWEST).orElseThrow().isReached() : mine > theirs;
    }
}
