package org.millrace.check;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.millrace.agent.AgentSettings;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.clusterconfig.NodeReading;
import org.millrace.collector.CollectorSettings;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.Store;
import org.millrace.sink.avro.AvroSettings;
import org.millrace.sink.avro.AvroStore;
import org.millrace.telemetry.Telemetry;
import org.slf4j.LoggerFactory;

/**
 * Tries what a node needs around it: asks each store of a sink whether it could store, as a running sink
 * does, and connects to each seed node but itself. All at the same time, so that the slowest one
 * says how long it takes.
 */
final class Probe {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    /** Stores have limits of their own, which are shorter. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final NodeReading<Parts> reading;
    private final ActorSystem<Void> system;
    private final Executor blocking;
    private final List<CompletableFuture<Optional<Runnable>>> tries = new ArrayList<>();
    private final ConfigProblems problems = new ConfigProblems();

    private Probe(NodeReading<Parts> reading, ActorSystem<Void> system) {
        this.reading = reading;
        this.system = system;
        this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    }

    /** Everything that does not answer, each placed where the configuration names it. Blocks. */
    static List<ConfigProblem> run(NodeReading<Parts> reading) {
        // Several threads that are the first to log together would have it say so.
        LoggerFactory.getILoggerFactory();
        Config local = ConfigFactory.parseString("pekko { actor.provider = local, loglevel = ERROR }");
        ActorSystem<Void> system =
                ActorSystem.create(Behaviors.empty(), "millrace-check", local.withFallback(reading.config()));
        try {
            Probe probe = new Probe(reading, system);
            reading.own().collector().ifPresent(probe::stores);
            reading.own().agent().ifPresent(probe::flumeCollectors);
            reading.cluster().ifPresent(probe::seedNodes);
            probe.tries.forEach(one -> one.join().ifPresent(Runnable::run));
            return probe.problems.found();
        } finally {
            system.terminate();
        }
    }

    private void stores(CollectorSettings collector) {
        Map<String, ConfigSection> sinks = section("millrace.collector").sections("sinks");
        for (CollectorSettings.SinkPart part : collector.sinks()) {
            Store store = part.store().create(collector.name(), Probe::noDeadLetter, Telemetry.inMemory(), system);
            attempt(store.probe().toCompletableFuture(), sinks.get(part.common().name())::problem);
        }
    }

    private void flumeCollectors(AgentSettings agent) {
        ConfigSection sinks = section("millrace.agent").section("sinks");
        for (AvroSettings settings : agent.sinks()) {
            ConfigSection sink = sinks.section(settings.sink().name());
            Store store = AvroStore.create(settings, Telemetry.inMemory(), system);
            attempt(store.probe().toCompletableFuture(), sink::problem);
        }
    }

    /** A probe stores nothing, so nothing can be refused. */
    private static void noDeadLetter(Object batch, int index, String reason, String detail) {
        throw new IllegalStateException("a probe has stored something: " + reason + ", " + detail);
    }

    private void seedNodes(ClusterSettings cluster) {
        ConfigSection section = section("millrace.cluster");
        for (int i = 0; i < cluster.seedNodes().size(); i++) {
            int item = i;
            String seed = cluster.seedNodes().get(i);
            if (!seed.equals(cluster.host() + ":" + cluster.port())) {
                attempt(
                        CompletableFuture.runAsync(() -> connect(seed), blocking),
                        message -> section.problem("seed-nodes", item, message));
            }
        }
    }

    private ConfigSection section(String path) {
        return ConfigSection.of(reading.config(), path, problems);
    }

    /** What is to be noted about a failure is noted by who waits for all, one after the other. */
    private void attempt(CompletableFuture<?> attempt, Consumer<String> problem) {
        tries.add(attempt.orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .handle((done, failure) ->
                        Optional.ofNullable(failure).<Runnable>map(cause -> () -> problem.accept(why(cause)))));
    }

    private static String why(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return "no answer within " + LIMIT.toSeconds() + " s";
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    private static void connect(String seed) {
        int colon = seed.lastIndexOf(':');
        InetSocketAddress address =
                new InetSocketAddress(seed.substring(0, colon), Integer.parseInt(seed.substring(colon + 1)));
        if (address.isUnresolved()) {
            throw new IllegalStateException(
                    "the name " + address.getHostString() + " is not known here; write one that is, or an address");
        }
        try (Socket socket = new Socket()) {
            socket.connect(address, Math.toIntExact(CONNECT_LIMIT.toMillis()));
        } catch (ConnectException e) {
            throw new IllegalStateException(
                    "nobody listens at " + seed + " (" + e.getMessage() + "): start that node, or correct the list", e);
        } catch (SocketTimeoutException e) {
            throw new IllegalStateException(
                    seed + " does not answer within " + CONNECT_LIMIT.toSeconds()
                            + " s: look at the host, and at what filters packets on the way",
                    e);
        } catch (IOException e) {
            throw new IllegalStateException(seed + " cannot be reached: " + e.getMessage(), e);
        }
    }
}
