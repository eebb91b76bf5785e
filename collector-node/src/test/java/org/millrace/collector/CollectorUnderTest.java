package org.millrace.collector;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.cluster.typed.Cluster;
import org.millrace.clusterconfig.ClusterConfig;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.delivery.Delivery;
import org.millrace.event.EventBatch;
import org.millrace.event.LaneId;
import org.millrace.event.SourceId;
import org.millrace.route.CollectorView.Readiness;
import org.millrace.settings.ConfigProblems;
import org.millrace.sink.Store;
import org.millrace.telemetry.Telemetry;

/** A whole collector with one store, in an actor system of its own, and the agent that delivers to it. */
final class CollectorUnderTest implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);

    final ActorTestKit kit = ActorTestKit.create(
            ClusterConfig.SYSTEM_NAME,
            ClusterConfig.systemConfig(
                    new ClusterSettings("127.0.0.1", 0, Optional.empty(), List.of()), Set.of(), ConfigFactory.load()));
    /** What the agent hears about its lane. */
    final TestProbe<Delivery.ToLane> agent = kit.createTestProbe();

    private final TestProbe<Delivery.Greeting> greetings = kit.createTestProbe();
    private final ActorRef<CollectorNode.Command> node;
    private Optional<ActorRef<Delivery.ToReceiver>> receiver = Optional.empty();
    private int delivered;

    /** @param state a directory of the collector's own */
    CollectorUnderTest(Store store, Path state) {
        node = kit.spawn(CollectorNode.create(settings(store, state), Telemetry.inMemory()));
    }

    void tell(CollectorNode.Command command) {
        node.tell(command);
    }

    TestProbe<Done> drain(Duration limit) {
        TestProbe<Done> drained = kit.createTestProbe();
        tell(new CollectorNode.Drain(limit, drained.ref()));
        return drained;
    }

    /** What it says when it is greeted. */
    Readiness readiness() {
        // Asked again and again, as an agent does: the collector is perhaps only about to start.
        return greetings.awaitAssert(LONG, () -> {
            receivers().tell(new Delivery.Greet(greetings.ref()));
            return greetings
                    .expectMessageClass(Delivery.Greeting.class, Duration.ofMillis(200))
                    .readiness();
        });
    }

    void deliverOneBatch() {
        if (receiver.isEmpty()) {
            receiver = Optional.of(agent.awaitAssert(LONG, () -> {
                receivers().tell(new Delivery.OpenLane(new LaneId("node01", "weblogs", "c1"), 7, 1, agent.ref()));
                return agent.expectMessageClass(Delivery.LaneOpened.class, Duration.ofMillis(200))
                        .receiver();
            }));
        }
        delivered++;
        byte[] line = "line".getBytes(StandardCharsets.UTF_8);
        EventBatch.Builder batch = EventBatch.builder(new SourceId("weblogs", 7), delivered, 0, Map.of(), line);
        batch.add(0, line.length, 5);
        receiver.get().tell(new Delivery.Deliver(1, delivered, batch.build()));
    }

    private ActorRef<Delivery.ToReceivers> receivers() {
        return ActorRefResolver.get(kit.system())
                .resolveActorRef(
                        Cluster.get(kit.system()).selfMember().address() + "/system/" + Delivery.RECEIVERS_NAME);
    }

    private static CollectorSettings settings(Store store, Path state) {
        String text = """
                millrace.node { name = node04, state-directory = "%s" }
                millrace.collector {
                  priority = 10
                  channels { files {} }
                  sinks { files { type = hdfs, channel = files, path = "file://%s" } }
                }
                """.formatted(state, state);
        ConfigProblems problems = new ConfigProblems();
        CollectorSettings read = CollectorSettings.from(
                ConfigFactory.parseString(text)
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve(),
                problems);
        problems.throwIfAny();
        List<CollectorSettings.SinkPart> sinks = read.sinks().stream()
                .map(sink -> new CollectorSettings.SinkPart(
                        sink.common(), (node, deadLetters, telemetry, system) -> store, () -> {}))
                .toList();
        return new CollectorSettings(
                read.name(),
                read.priority(),
                read.interceptors(),
                read.selector(),
                read.sources(),
                read.channels(),
                sinks,
                read.delivery(),
                read.deadLetters(),
                read.drainLimit());
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }
}
