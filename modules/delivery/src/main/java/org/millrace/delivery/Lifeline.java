package org.millrace.delivery;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;

/**
 * Holds a TCP connection to a node's cluster port open, on which nothing is ever sent, for the sake of
 * its end: when a process dies, however it dies, its host closes its sockets, and the other side hears
 * of it within milliseconds. No failure detector is as fast.
 *
 * <p>A connection that closes proves nothing yet; a fire wall may have cut it. It is opened again at
 * once, and only where the host then refuses it is the process gone. A node that never let us in, or
 * whose host does not answer, is left to the failure detector. A fire wall that cuts and then refuses in the
 * host's name is taken for the host; a collector that is downed for that begins anew.
 *
 * <p>Artery waits for the first bytes of a connection for as long as it takes, so an idle one costs it
 * nothing but a socket.
 */
final class Lifeline {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(250);

    sealed interface Command {}

    private enum Signal implements Command {
        CONNECT,
        CONNECTED
    }

    private record Ended(Throwable failure) implements Command {}

    /** The process of this node is gone. */
    record Cut(UniqueAddress node) {}

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final UniqueAddress node;
    private final Optional<InetSocketAddress> from;
    private final ActorRef<Cut> owner;
    private final Materializer materializer;
    private boolean wasConnected;
    private boolean connected;

    private Lifeline(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            UniqueAddress node,
            Optional<InetSocketAddress> from,
            ActorRef<Cut> owner) {
        this.context = context;
        this.timers = timers;
        this.node = node;
        this.from = from;
        this.owner = owner;
        this.materializer = Materializer.createMaterializer(context);
    }

    /**
     * A lifeline to {@code node}, which ends when it is cut.
     *
     * @param from the local address to connect from, where it must be a certain one
     */
    static Behavior<Command> create(UniqueAddress node, Optional<InetSocketAddress> from, ActorRef<Cut> owner) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new Lifeline(context, timers, node, from, owner).connecting()));
    }

    private Behavior<Command> connecting() {
        connect();
        return Behaviors.receive(Command.class)
                .onMessageEquals(Signal.CONNECT, this::connect)
                .onMessageEquals(Signal.CONNECTED, this::onConnected)
                .onMessage(Ended.class, this::onEnded)
                .build();
    }

    private Behavior<Command> connect() {
        InetSocketAddress to = InetSocketAddress.createUnresolved(
                node.address().host().get(), (Integer) node.address().port().get());
        Pair<CompletionStage<Tcp.OutgoingConnection>, CompletionStage<Done>> connection = Source.<ByteString>maybe()
                .viaMat(
                        Tcp.get(context.getSystem())
                                .outgoingConnection(
                                        to, from, List.of(), false, Optional.of(CONNECT_LIMIT), Optional.empty()),
                        Keep.right())
                .toMat(Sink.ignore(), Keep.both())
                .run(materializer);
        connection.first().thenRun(() -> context.getSelf().tell(Signal.CONNECTED));
        context.pipeToSelf(connection.second(), (done, failure) -> new Ended(failure));
        return Behaviors.same();
    }

    private Behavior<Command> onConnected() {
        connected = true;
        wasConnected = true;
        return Behaviors.same();
    }

    private Behavior<Command> onEnded(Ended ended) {
        if (wasConnected && isRefusal(ended.failure())) {
            owner.tell(new Cut(node));
            return Behaviors.stopped();
        }
        if (connected) {
            connected = false;
            return connect();
        }
        timers.startSingleTimer(Signal.CONNECT, PAUSE);
        return Behaviors.same();
    }

    private static boolean isRefusal(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ConnectException
                    && String.valueOf(at.getMessage()).startsWith("Connection refused")) {
                return true;
            }
        }
        return false;
    }
}
