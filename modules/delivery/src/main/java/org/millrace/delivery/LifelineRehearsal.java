package org.millrace.delivery;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;

/**
 * Has a {@link Lifeline} cut once, when an agent starts, so that the classes which that takes are loaded when
 * the process of a collector dies. The lifeline goes to a port of the agent's own, on the loopback address, which is
 * closed as soon as it is connected. Stops by itself, whatever becomes of it.
 */
final class LifelineRehearsal {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    sealed interface Command {}

    private record Bound(Tcp.ServerBinding binding, Throwable failure) implements Command {}

    private record Cut(Lifeline.Cut cut) implements Command {}

    private enum Limit implements Command {
        INSTANCE
    }

    private LifelineRehearsal() {}

    /**
     * One that begins at once.
     *
     * @param witness told of the cut
     */
    static Behavior<Command> create(ActorRef<Lifeline.Cut> witness) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startSingleTimer(Limit.INSTANCE, LIMIT);
            context.pipeToSelf(listen(context), Bound::new);
            return Behaviors.receive(Command.class)
                    .onMessage(Bound.class, bound -> connect(context, bound))
                    .onMessage(Cut.class, cut -> {
                        witness.tell(cut.cut());
                        return Behaviors.stopped();
                    })
                    .onMessage(Limit.class, limit -> Behaviors.stopped())
                    .build();
        }));
    }

    /** Takes one connection, and ends it. */
    private static CompletionStage<Tcp.ServerBinding> listen(ActorContext<Command> context) {
        Materializer materializer = Materializer.createMaterializer(context);
        Flow<ByteString, ByteString, NotUsed> end = Flow.fromSinkAndSource(Sink.cancelled(), Source.empty());
        return Tcp.get(context.getSystem())
                .bind(LOOPBACK, 0)
                .take(1)
                .to(Sink.foreach(connection -> connection.handleWith(end, materializer)))
                .run(materializer);
    }

    private static Behavior<Command> connect(ActorContext<Command> context, Bound bound) {
        if (bound.failure() != null) {
            context.getLog()
                    .debug("no rehearsal; the first death of a collector is noticed a little later", bound.failure());
            return Behaviors.stopped();
        }
        int port = bound.binding().localAddress().getPort();
        UniqueAddress here = new UniqueAddress(new Address("pekko", "rehearsal", LOOPBACK, port), 0L);
        context.spawn(
                Lifeline.create(here, Optional.empty(), context.messageAdapter(Lifeline.Cut.class, Cut::new)),
                "lifeline");
        return Behaviors.same();
    }
}
