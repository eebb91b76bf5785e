package org.millrace.channel;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.millrace.benchmarks.AverageTime;
import org.millrace.event.EventBatch;
import org.millrace.event.SampleBatches;
import org.millrace.telemetry.Telemetry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Batches through a channel: put, accepted, taken, committed, told to the putter. The time is that of one
 * batch on its whole way, with one putter and one taker.
 */
@State(Scope.Benchmark)
public class ChannelBenchmark extends AverageTime {
    private static final int BATCHES = 1000;
    private static final int EVENTS = 390;

    private ActorSystem<Putter.Command> system;

    @Setup
    public void start() {
        system = ActorSystem.create(Putter.create(SampleBatches.of(EVENTS, 0)), "benchmark");
    }

    @TearDown
    public void stop() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES)
    public Long putTakeCommit() {
        CompletableFuture<Long> done = new CompletableFuture<>();
        system.tell(new Putter.Run(done));
        return done.join();
    }

    /** Puts one batch after another, each when the one before was accepted. */
    static final class Putter extends AbstractBehavior<Putter.Command> {
        interface Command {}

        /** Completes with the number of the last ticket once so many more batches are committed. */
        record Run(CompletableFuture<Long> done) implements Command {}

        private record Replied(Channel.PutReply reply) implements Command {}

        private final EventBatch batch;
        private final ActorRef<Channel.Command> channel;
        private final ActorRef<Channel.PutReply> replies;
        private CompletableFuture<Long> done;
        private long lastTicket;
        private int toPut;
        private int toCommit;

        static Behavior<Command> create(EventBatch batch) {
            return Behaviors.setup(context -> new Putter(context, batch));
        }

        private Putter(ActorContext<Command> context, EventBatch batch) {
            super(context);
            this.batch = batch;
            ChannelSettings settings = new ChannelSettings("c1", 200_000, 32 << 20);
            this.channel = context.spawn(Channel.create(settings, Telemetry.inMemory()), "channel", Channel.props());
            this.replies = context.messageAdapter(Channel.PutReply.class, Replied::new);
            context.spawn(taker(channel), "taker");
        }

        /** Commits at once, and always has as many takes open as a sink has. */
        private static Behavior<Channel.Taken> taker(ActorRef<Channel.Command> channel) {
            return Behaviors.setup(context -> {
                channel.tell(new Channel.Take(64, context.getSelf()));
                return Behaviors.receiveMessage(taken -> {
                    channel.tell(new Channel.Commit(taken.transaction()));
                    channel.tell(new Channel.Take(1, context.getSelf()));
                    return Behaviors.same();
                });
            });
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Run.class, this::onRun)
                    .onMessage(Replied.class, this::onReplied)
                    .build();
        }

        private Behavior<Command> onRun(Run run) {
            done = run.done();
            toPut = BATCHES;
            toCommit = BATCHES;
            put();
            return this;
        }

        private Behavior<Command> onReplied(Replied replied) {
            if (replied.reply() instanceof Channel.Accepted) {
                toPut--;
                if (toPut > 0) {
                    put();
                }
            } else if (replied.reply() instanceof Channel.RoomAgain) {
                put();
            } else if (replied.reply() instanceof Channel.Committed) {
                toCommit--;
                if (toCommit == 0) {
                    done.complete(lastTicket);
                }
            }
            return this;
        }

        private void put() {
            lastTicket++;
            channel.tell(new Channel.Put(lastTicket, batch, replies));
        }
    }
}
