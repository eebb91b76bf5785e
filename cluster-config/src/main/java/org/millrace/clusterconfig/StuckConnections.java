package org.millrace.clusterconfig;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends connections that keep an actor system from ending. Artery waits for the streams of its connections
 * without a limit, before it closes its port; and where links went silent one of them may never end. Then
 * the node would neither run nor start anew. Later versions of Pekko than 1.7 have a limit of their own
 * (their pull request 3317).
 */
final class StuckConnections {
    /** Far more than the second that Artery gives messages to go out. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** Artery's streams, which it names like this. */
    private static final String STREAMS = "/system/Materializers/*/remote*";

    private static final Logger LOG = LoggerFactory.getLogger(StuckConnections.class);

    private StuckConnections() {}

    /** From now on {@code system} ends, whatever its connections do. */
    static void endWith(ActorSystem<?> system) {
        CoordinatedShutdown.get(system)
                .addTask(
                        CoordinatedShutdown.PhaseActorSystemTerminate(),
                        "end-stuck-connections",
                        () -> endUnlessEnded(system));
    }

    private static CompletionStage<Done> endUnlessEnded(ActorSystem<?> system) {
        CompletableFuture.delayedExecutor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    if (!system.whenTerminated().isCompleted()) {
                        LOG.warn("connections do not end by themselves; ending them");
                        end(system);
                    }
                });
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    /** Ends all connections of {@code system} at once. While it is not ending it makes new ones. */
    static void end(ActorSystem<?> system) {
        Adapter.toClassic(system).actorSelection(STREAMS).tell(PoisonPill.getInstance(), ActorRef.noSender());
    }
}
