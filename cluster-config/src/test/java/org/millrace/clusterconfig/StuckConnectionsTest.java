package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.remote.artery.ArteryTransport;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.route.Roles;
import org.millrace.trial.FreePorts;
import scala.jdk.javaapi.FutureConverters;

class StuckConnectionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** None of Artery's own, which are numbered from 0. */
    private static final int STREAM = 1000;

    private final ActorTestKit kit =
            ActorTestKit.create(ConfigFactory.parseString("""
                    pekko.actor.provider = cluster
                    pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    """).withFallback(ConfigFactory.load()));

    @AfterEach
    void end() {
        kit.shutdownTestKit();
    }

    /** Of the two materializers that Artery has. */
    @ParameterizedTest
    @ValueSource(strings = {"remote-*", "remoteControl-*"})
    void shouldEndArterysStreams(String names) {
        ActorRef stream = Adapter.toClassic(kit.system())
                .actorSelection("/system/Materializers/StreamSupervisor-*/" + names)
                .resolveOne(LIMIT)
                .toCompletableFuture()
                .join();
        TestProbe<Object> probe = kit.createTestProbe();

        StuckConnections.end(kit.system());

        probe.expectTerminated(Adapter.toTyped(stream), LIMIT);
    }

    @Test
    void shouldLetANodeEndWhoseConnectionsNeverEnd(@TempDir Path directory) {
        int port = FreePorts.take(1).get(0);
        TestNode node = new TestNode(
                new TestNetwork(),
                new NodeSettings("node01", directory, Duration.ZERO),
                new ClusterSettings("127.0.0.1", port, Optional.empty(), List.of("127.0.0.1:" + port)),
                Roles.AGENT,
                Duration.ofSeconds(10));
        node.start();
        await().atMost(LIMIT).until(() -> node.sees().size() == 1);
        CompletableFuture<Done> connection = connectionThatNeverEnds(node.system());

        assertThat(CompletableFuture.supplyAsync(node::end))
                .succeedsWithin(LIMIT)
                .isEqualTo(true);
        assertThat(connection).isDone();
    }

    /** A stream that is named as Artery's and that Artery waits for when it ends. */
    private static CompletableFuture<Done> connectionThatNeverEnds(ActorSystem<?> system) {
        SystemMaterializer materializers = SystemMaterializer.get(system);
        Materializer materializer = materializers.createAdditionalLegacySystemMaterializer(
                "remote-test", materializers.materializerSettings());
        CompletionStage<Done> connection = Source.<Done>never().runWith(Sink.ignore(), materializer);
        ArteryTransport transport = (ArteryTransport) TestNetwork.transport(system);
        transport.updateStreamMatValues(
                STREAM, new ArteryTransport.InboundStreamMatValues<>(null, FutureConverters.asScala(connection)));
        return connection.toCompletableFuture();
    }
}
