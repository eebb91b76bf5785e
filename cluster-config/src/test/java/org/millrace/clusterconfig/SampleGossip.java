package org.millrace.clusterconfig;

import java.util.Set;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Gossip;
import org.apache.pekko.cluster.GossipEnvelope;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.VectorClock;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.util.Version;
import org.millrace.route.Roles;
import scala.jdk.javaapi.CollectionConverters;

/** The state of clusters that are larger than this machine can hold, as Pekko would gossip it. */
final class SampleGossip {
    private static final int ROUNDS = 50;

    private SampleGossip() {}

    /** Agents that are up and have seen it; the first {@code changers} of them have made changes. */
    static Gossip of(int members, int changers) {
        Gossip gossip = Gossip.empty();
        for (int number = 0; number < members; number++) {
            UniqueAddress address = UniqueAddress.apply(
                    Address.apply(
                            "pekko", ClusterConfig.SYSTEM_NAME, "10.1." + number / 250 + "." + number % 250, 2552),
                    0x9E3779B97F4A7C15L * (number + 1));
            Set<String> roles = Set.of(Roles.AGENT, Roles.node("member%04d".formatted(number)), "dc-default");
            Member member = new Member(
                    address,
                    number + 1,
                    MemberStatus.up(),
                    CollectionConverters.asScala(roles).toSet(),
                    Version.Zero());
            gossip = gossip.$colon$plus(member).seen(address);
            if (number < changers) {
                gossip = gossip.$colon$plus(VectorClock.Node$.MODULE$.apply(Gossip.vclockName(address)));
            }
        }
        return gossip;
    }

    /** How long it takes to write and to read it, code being warm. */
    static double millisThere(Serialization serialization, Object envelope) {
        long start = 0;
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            start = round == 0 ? System.nanoTime() : start;
            byte[] bytes = serialization.serialize(envelope).get();
            serialization.deserialize(bytes, GossipEnvelope.class).get().gossip();
        }
        return (System.nanoTime() - start) / 1e6 / ROUNDS;
    }
}
