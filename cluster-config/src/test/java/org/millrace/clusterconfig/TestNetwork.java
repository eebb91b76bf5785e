package org.millrace.clusterconfig;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.apache.pekko.remote.RemoteTransport;
import org.apache.pekko.remote.transport.ThrottlerTransportAdapter;
import scala.Option;

/** The network between the nodes of a test: Artery drops what goes over a cut, as Pekko's own tests do. */
@SuppressWarnings("deprecation")
final class TestNetwork {
    private record Cut(Set<String> one, Set<String> other) {
        Set<String> from(String address) {
            return one.contains(address) ? other : other.contains(address) ? one : Set.of();
        }
    }

    private static final ThrottlerTransportAdapter.Direction BOTH_WAYS = bothWays();

    private final List<TestNode> nodes = new CopyOnWriteArrayList<>();
    private final List<Cut> cuts = new CopyOnWriteArrayList<>();

    void add(TestNode node) {
        nodes.add(node);
    }

    /** Nothing goes from one of these nodes to one of those, nor back, until {@link #heal}. */
    void cut(List<TestNode> these, List<TestNode> those) {
        Cut cut = new Cut(addresses(these), addresses(those));
        cuts.add(cut);
        nodes.stream().filter(TestNode::runs).forEach(node -> apply(node.system()));
    }

    void heal() {
        Set<String> all = addresses(nodes);
        cuts.clear();
        for (TestNode node : nodes) {
            if (node.runs()) {
                throttle(node.system(), all, ThrottlerTransportAdapter.Unthrottled$.MODULE$);
            }
        }
    }

    /** The first refuses what comes from the run of the second that there is now, and tells it so. */
    void quarantine(TestNode node, TestNode other) {
        transport(node.system())
                .quarantine(AddressFromURIString.parse(other.address()), Option.apply(other.uid()), "a test says so");
    }

    /** Every actor system that starts gets the cuts that there are. */
    void apply(ActorSystem<?> system) {
        Set<String> cutOff = new HashSet<>();
        cuts.forEach(cut -> cutOff.addAll(cut.from(system.address().toString())));
        throttle(system, cutOff, ThrottlerTransportAdapter.Blackhole$.MODULE$);
    }

    private static Set<String> addresses(List<TestNode> nodes) {
        Set<String> addresses = new HashSet<>();
        nodes.forEach(node -> addresses.add(node.address()));
        return addresses;
    }

    private static void throttle(
            ActorSystem<?> system, Set<String> others, ThrottlerTransportAdapter.ThrottleMode mode) {
        RemoteTransport transport = transport(system);
        for (String other : others) {
            Address address = AddressFromURIString.parse(other);
            transport.managementCommand(new ThrottlerTransportAdapter.SetThrottle(address, BOTH_WAYS, mode));
        }
    }

    static RemoteTransport transport(ActorSystem<?> system) {
        ExtendedActorSystem classic = (ExtendedActorSystem) Adapter.toClassic(system);
        return ((RemoteActorRefProvider) classic.provider()).transport();
    }

    /** Java has no name for a Scala object that lies in an object that lies in an object. */
    private static ThrottlerTransportAdapter.Direction bothWays() {
        try {
            return (ThrottlerTransportAdapter.Direction)
                    Class.forName(ThrottlerTransportAdapter.class.getName() + "$Direction$Both$")
                            .getField("MODULE$")
                            .get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Pekko has changed", e);
        }
    }
}
