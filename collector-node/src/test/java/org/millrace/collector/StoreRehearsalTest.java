package org.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.millrace.settings.ConfigProblems;

/** Nobody listens where the stores should be. */
class StoreRehearsalTest {
    @Test
    void shouldMakeClientsOfStoresThatAreNotThere() {
        List<CollectorSettings.SinkPart> sinks = sinks();

        assertThat(sinks)
                .hasSize(2)
                .allSatisfy(sink -> assertThatCode(() -> sink.rehearsal().run()).doesNotThrowAnyException());
        assertThat(Thread.getAllStackTraces().keySet())
                .as("Kafka's client is gone")
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("kafka-admin-client"));
    }

    @Test
    void shouldGoOnWithTheNextWhenOneFails() {
        CompletableFuture<String> reached = new CompletableFuture<>();
        CollectorSettings.SinkPart sink = sinks().get(0);

        StoreRehearsal.begin(List.of(
                new CollectorSettings.SinkPart(sink.common(), sink.store(), () -> {
                    throw new IOException("no client");
                }),
                new CollectorSettings.SinkPart(
                        sink.common(),
                        sink.store(),
                        () -> reached.complete(Thread.currentThread().getName()))));

        assertThat(reached.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("millrace-store-rehearsal");
    }

    private static List<CollectorSettings.SinkPart> sinks() {
        ConfigProblems problems = new ConfigProblems();
        List<CollectorSettings.SinkPart> sinks = CollectorSettings.from(
                        ConfigFactory.parseString("""
                                        millrace.node { name = node04, state-directory = /tmp }
                                        millrace.collector {
                                          priority = 1
                                          channels { records {}, files {} }
                                          sinks {
                                            records {
                                              type = kafka, channel = records, topic = t
                                              bootstrap-servers = "127.0.0.1:1"
                                            }
                                            files { type = hdfs, channel = files, path = "hdfs://127.0.0.1:1/x" }
                                          }
                                        }
                                        """)
                                .withFallback(ConfigFactory.defaultReference())
                                .resolve(),
                        problems)
                .sinks();
        problems.throwIfAny();
        return sinks;
    }
}
