package org.millrace.clusterconfig;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StuckConnectionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

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
}
