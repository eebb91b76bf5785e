package org.millrace.clusterconfig;

import com.typesafe.config.Config;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSource;
import org.millrace.settings.InvalidConfigException;
import org.millrace.telemetry.Telemetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a node as a program that does nothing else: reads its configuration file, joins the cluster,
 * and ends in good order.
 *
 * <p>Exit codes: 0 after SIGTERM or SIGINT, 1 when the node could not start or a part of it failed, 2
 * when the configuration is wrong; every mistake is printed then and nothing is started. A node that
 * the cluster has downed while it was cut off, or whose cluster gave way to another, joins again in a
 * new actor system: it does not end. A second signal gives up what the node still waits for.
 */
public final class NodeProgram {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProgram.class);

    /**
     * A node that was read from its configuration.
     *
     * @param roles its roles in the cluster; none for a node that joins none
     * @param behavior makes the node; asked once for each actor system that it runs in
     * @param drain asks the node to finish what it has, within the given time, before it leaves the
     *     cluster; may be asked again with a shorter one
     * @param drainLimit the node leaves when this has passed, drained or not
     */
    public record Node<C>(
            Set<String> roles,
            Supplier<Behavior<C>> behavior,
            BiFunction<ActorSystem<C>, Duration, CompletionStage<Done>> drain,
            Duration drainLimit) {}

    /** Reads a node's own part of the configuration. */
    @FunctionalInterface
    public interface NodeReader<C> {
        /** The node; it is not used when {@code problems} has any afterwards. */
        Node<C> read(Config config, Telemetry telemetry, ConfigProblems problems);
    }

    private NodeProgram() {}

    /**
     * Runs the node that {@code source} describes until it is told to end or fails. When a signal ends it,
     * this does not return: the JVM ends with exit code 0.
     *
     * @param err where warnings about the configuration and its mistakes go, one line each
     * @return the exit code
     */
    public static <C> int run(ConfigSource source, NodeReader<C> reader, PrintStream err) {
        try {
            Telemetry telemetry = Telemetry.inMemory();
            NodeReading<Node<C>> reading = NodeReading.of(
                    source,
                    (config, problems) -> reader.read(config, telemetry, problems),
                    node -> !node.roles().isEmpty(),
                    err);
            NodeRun<C> run =
                    new NodeRun<>(reading.node(), reading.cluster(), reading.own(), reading.config(), telemetry);
            return runUntilTold(run, reading.node(), reading.cluster(), err);
        } catch (InvalidConfigException e) {
            NodeReading.print(e, source.name(), "nothing was started", err);
            return 2;
        }
    }

    private static int runUntilTold(
            NodeRun<?> run, NodeSettings settings, Optional<ClusterSettings> cluster, PrintStream err) {
        AtomicInteger exitCode = new AtomicInteger();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(run, exitCode), "millrace-end"));
        try {
            // Where nobody told it to end, a part of it failed.
            if (!run.run()) {
                exitCode.set(1);
            }
        } catch (RuntimeException e) {
            err.println("error: node " + settings.name() + " cannot start: " + StartFailure.explain(e, cluster));
            exitCode.set(1);
        }
        return exitCode.get();
    }

    /** Runs in the JVM's shutdown hook: a signal would otherwise end the JVM with a code of its own. */
    private static void end(NodeRun<?> run, AtomicInteger exitCode) {
        EndSignal.onNext(run::hurry);
        try {
            run.end().toCompletableFuture().get(run.endLimit().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            LOG.error("could not end in good order: {}", e.toString());
            exitCode.set(1);
        }
        run.logCounters();
        Runtime.getRuntime().halt(exitCode.get());
    }
}
