package org.millrace.clusterconfig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.millrace.telemetry.Telemetry;
import org.millrace.telemetry.TelemetryLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node while it runs: one actor system after the other, since one that was downed, or had to leave its
 * cluster for another, cannot join again.
 */
final class NodeRun<C> {
    /** What ends in vain still gets this long to leave the cluster and close its sockets. */
    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(NodeRun.class);

    private final NodeSettings settings;
    private final Optional<ClusterSettings> cluster;
    private final NodeProgram.Node<C> node;
    private final Config config;
    private final Telemetry telemetry;
    private final TelemetryLog counters;
    private ActorSystem<C> current;
    private boolean told;

    /** A node that does not run yet. {@code rest} is what {@link ClusterConfig#systemConfig} takes. */
    NodeRun(
            NodeSettings settings,
            Optional<ClusterSettings> cluster,
            NodeProgram.Node<C> node,
            Config rest,
            Telemetry telemetry) {
        this.settings = settings;
        this.cluster = cluster;
        this.node = node;
        this.telemetry = telemetry;
        this.counters = new TelemetryLog(telemetry);
        // The node joins by itself: see OneCluster.
        this.config = ConfigFactory.parseString(
                        """
                        pekko.jvm-shutdown-hooks = off
                        pekko.coordinated-shutdown { run-by-jvm-shutdown-hook = off, exit-jvm = off }
                        pekko.coordinated-shutdown.phases.service-requests-done.timeout = %d ms
                        pekko.cluster.seed-nodes = []
                        """.formatted(node.drainLimit().plus(LEAVE_LIMIT).toMillis()))
                .withFallback(cluster.map(joined -> ClusterConfig.systemConfig(joined, node.roles(), rest))
                        .orElseGet(() -> ClusterConfig.systemConfigAlone(node.roles(), rest)));
    }

    /**
     * Runs the node until it is told to end or a part of it fails.
     *
     * @return whether it was told to
     * @throws RuntimeException the node's actor system cannot start
     */
    boolean run() {
        Optional<String> gaveWayTo = Optional.empty();
        boolean again = true;
        while (again && startUnlessTold(gaveWayTo)) {
            ActorSystem<C> system = current();
            system.getWhenTerminated().toCompletableFuture().join();
            CoordinatedShutdown.Reason reason =
                    CoordinatedShutdown.get(system).getShutdownReason().orElse(CoordinatedShutdown.unknownReason());
            again = false;
            if (reason instanceof CoordinatedShutdown.ClusterDowningReason$) {
                LOG.warn("the cluster had given up node {}; it joins again", settings.name());
                gaveWayTo = Optional.empty();
                again = true;
            } else if (reason instanceof GaveWay gaveWay) {
                gaveWayTo = Optional.of(gaveWay.to());
                again = true;
            }
        }
        return told();
    }

    private synchronized boolean startUnlessTold(Optional<String> gaveWayTo) {
        if (told) {
            return false;
        }
        ActorSystem<C> system = ActorSystem.create(node.behavior().get(), ClusterConfig.SYSTEM_NAME, config);
        current = system;
        if (!settings.telemetryInterval().isZero()) {
            system.scheduler()
                    .scheduleWithFixedDelay(
                            settings.telemetryInterval(),
                            settings.telemetryInterval(),
                            counters,
                            system.executionContext());
        }
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "drain", () -> drain(system));
        StuckConnections.endWith(system);
        cluster.ifPresentOrElse(
                joined -> OneCluster.start(
                        system,
                        new OneCluster.Start(
                                ClusterConfig.seeds(joined),
                                new RememberedPeers(settings.stateDirectory()),
                                gaveWayTo)),
                () -> LOG.info("node {} joins no cluster: all its channels have sinks of their own", settings.name()));
        return true;
    }

    private CompletionStage<Done> drain(ActorSystem<C> system) {
        return node.drain().apply(system, node.drainLimit()).whenComplete((done, failure) -> {
            long givenUp = Math.round(telemetry.total("channel", "held.events"));
            if (givenUp > 0) {
                LOG.warn("gave up {} events that are not acknowledged; they are sent again", givenUp);
            }
        });
    }

    /** The actor system that runs now, or did last. */
    synchronized ActorSystem<C> current() {
        return current;
    }

    private synchronized boolean told() {
        return told;
    }

    /** Ends the node in good order; completes when it has ended. */
    CompletionStage<Done> end() {
        ActorSystem<C> system;
        synchronized (this) {
            told = true;
            system = current;
        }
        if (system == null) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        // A system that ended by itself never completes its shutdown.
        return CoordinatedShutdown.get(system)
                .runAll(CoordinatedShutdown.jvmExitReason())
                .applyToEither(system.getWhenTerminated(), done -> done);
    }

    /** Says for the last time what the node has counted, where it does at all. */
    void logCounters() {
        if (!settings.telemetryInterval().isZero() && current() != null) {
            counters.logAll();
        }
    }

    /** The longest that {@link #end} takes. */
    Duration endLimit() {
        return node.drainLimit().plus(LEAVE_LIMIT.multipliedBy(3));
    }

    /** The node is being ended and somebody does not want to wait: gives up what still waits. */
    void hurry() {
        ActorSystem<C> system = current();
        if (system != null && !system.whenTerminated().isCompleted()) {
            LOG.warn("told to end a second time; giving up what still waits");
            node.drain().apply(system, Duration.ZERO).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn("the node did not answer: {}", failure.toString());
                }
            });
        }
    }
}
