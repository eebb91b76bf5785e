package org.millrace.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSource;
import org.millrace.settings.InvalidConfigException;
import org.millrace.telemetry.Telemetry;
import org.millrace.telemetry.TelemetryLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a node as a program that does nothing else: reads its configuration file, joins the cluster,
 * and ends in good order.
 *
 * <p>Exit codes: 0 after SIGTERM or SIGINT, 1 when the node could not start or a part of it failed, 2
 * when the configuration is wrong; every mistake is printed then and nothing is started. A node that
 * the cluster has downed while it was cut off joins again in a new actor system: it does not end.
 */
public final class NodeProgram {
    /** What ends in vain still gets this long to leave the cluster and close its sockets. */
    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(NodeProgram.class);

    /**
     * A node that was read from its configuration.
     *
     * @param roles its roles in the cluster
     * @param behavior makes the node; asked once for each actor system that it runs in
     * @param drain asks the node to finish what it has, before it leaves the cluster
     * @param drainLimit the node leaves when this has passed, drained or not
     */
    public record Node<C>(
            Set<String> roles,
            Supplier<Behavior<C>> behavior,
            Function<ActorSystem<C>, CompletionStage<Done>> drain,
            Duration drainLimit) {}

    /** Reads a node's own part of the configuration. */
    @FunctionalInterface
    public interface NodeReader<C> {
        /** The node; it is not used when {@code problems} has any afterwards. */
        Node<C> read(Config config, Telemetry telemetry, ConfigProblems problems);
    }

    private final Telemetry telemetry = Telemetry.inMemory();
    private final AtomicReference<ActorSystem<?>> current = new AtomicReference<>();
    /** Whether the JVM is ending: by a signal, or since the node has failed and its exit code is set. */
    private final AtomicBoolean told = new AtomicBoolean();

    private final AtomicInteger exitCode = new AtomicInteger();

    private NodeProgram() {}

    /**
     * Runs the node that {@code source} describes until it is told to end or fails. When a signal ends it,
     * this does not return: the JVM ends with exit code 0.
     *
     * @param err where the mistakes of a wrong configuration go, one line each
     * @return the exit code
     */
    public static <C> int run(ConfigSource source, NodeReader<C> reader, PrintStream err) {
        return new NodeProgram().start(source, reader, err);
    }

    private <C> int start(ConfigSource source, NodeReader<C> reader, PrintStream err) {
        try {
            NodeReading<Node<C>> reading =
                    NodeReading.of(source, (config, problems) -> reader.read(config, telemetry, problems));
            Node<C> node = reading.own();
            Config system = ConfigFactory.parseString(
                            "pekko.jvm-shutdown-hooks = off\npekko.coordinated-shutdown { run-by-jvm-shutdown-hook = off, exit-jvm = off }"
                                    + "\npekko.coordinated-shutdown.phases.service-requests-done.timeout = "
                                    + node.drainLimit().plus(LEAVE_LIMIT).toMillis() + " ms")
                    .withFallback(ClusterConfig.systemConfig(reading.cluster(), node.roles(), reading.config()));
            return runUntilTold(reading.node(), node, system, err);
        } catch (InvalidConfigException e) {
            NodeReading.print(e, source.name(), "nothing was started", err);
            return 2;
        }
    }

    private <C> int runUntilTold(NodeSettings settings, Node<C> node, Config system, PrintStream err) {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "millrace-end"));
        boolean downed;
        do {
            ActorSystem<C> running;
            try {
                running = ActorSystem.create(node.behavior().get(), ClusterConfig.SYSTEM_NAME, system);
            } catch (RuntimeException e) {
                Throwable root = rootOf(e);
                err.println("error: node " + settings.name() + " cannot start: " + root.getMessage());
                exitCode.set(1);
                return 1;
            }
            current.set(running);
            if (!settings.telemetryInterval().isZero()) {
                running.scheduler()
                        .scheduleWithFixedDelay(
                                settings.telemetryInterval(),
                                settings.telemetryInterval(),
                                new TelemetryLog(telemetry),
                                running.executionContext());
            }
            CoordinatedShutdown shutdown = CoordinatedShutdown.get(running);
            shutdown.addTask(
                    CoordinatedShutdown.PhaseServiceRequestsDone(),
                    "drain",
                    () -> node.drain().apply(running));
            running.getWhenTerminated().toCompletableFuture().join();
            Optional<CoordinatedShutdown.Reason> reason = shutdown.getShutdownReason();
            downed = reason.isPresent() && reason.get() instanceof CoordinatedShutdown.ClusterDowningReason$;
            if (downed) {
                LOG.warn("the cluster had given up node {}; it joins again", settings.name());
            }
        } while (downed);
        // Nobody told it to end, so a part of it failed.
        if (!told.get()) {
            exitCode.set(1);
        }
        return exitCode.get();
    }

    /** Runs in the JVM's shutdown hook: a signal would otherwise end the JVM with a code of its own. */
    private void end() {
        told.set(true);
        ActorSystem<?> system = current.get();
        if (system != null) {
            try {
                CoordinatedShutdown.get(system)
                        .runAll(CoordinatedShutdown.jvmExitReason())
                        .toCompletableFuture()
                        .get(LEAVE_LIMIT.toMillis() * 4, TimeUnit.MILLISECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                LOG.error("could not end in good order: {}", e.toString());
                exitCode.set(1);
            }
        }
        Runtime.getRuntime().halt(exitCode.get());
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
