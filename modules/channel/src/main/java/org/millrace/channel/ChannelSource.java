package org.millrace.channel;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Terminated;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.GraphStageLogicWithLogging;
import scala.Tuple2;
import scala.runtime.BoxedUnit;

/**
 * A stream of the transactions of a channel, oldest batch first.
 *
 * <p>This source is the taker: when it ends, for whatever reason, every transaction that was not
 * committed by then is rolled back, those that later stages still work on included. So let a stream
 * that should end well commit what it has before its source is cancelled. The source fails when the
 * channel stops.
 */
public final class ChannelSource {
    private ChannelSource() {}

    /**
     * Takes from {@code channel}.
     *
     * @param ahead how many transactions are asked for before the stream wants them, at least 1; they
     *     wait in the stage and count against the channel's capacity
     * @return materializes what completes when the source has ended: who asks the channel for anything
     *     from then on gets what was rolled back first
     */
    public static Source<Transaction, CompletionStage<Done>> create(ActorRef<Channel.Command> channel, int ahead) {
        if (ahead < 1) {
            throw new IllegalArgumentException("ahead must be at least 1, is " + ahead);
        }
        return Source.fromGraph(new Stage(channel, ahead));
    }

    private static final class Stage
            extends AbstractGraphStageWithMaterializedValue<SourceShape<Transaction>, CompletionStage<Done>> {
        private final Outlet<Transaction> out = Outlet.create("ChannelSource.out");
        private final ActorRef<Channel.Command> channel;
        private final int ahead;

        Stage(ActorRef<Channel.Command> channel, int ahead) {
            this.channel = channel;
            this.ahead = ahead;
        }

        @Override
        public SourceShape<Transaction> shape() {
            return SourceShape.of(out);
        }

        @Override
        public Pair<GraphStageLogic, CompletionStage<Done>> createLogicAndMaterializedValuePair(Attributes attributes) {
            Logic logic = new Logic();
            return Pair.create(logic, logic.ended);
        }

        private final class Logic extends GraphStageLogicWithLogging {
            private final CompletableFuture<Done> ended = new CompletableFuture<>();
            private final Queue<Transaction> taken = new ArrayDeque<>();
            private ActorRef<Channel.Taken> self;

            Logic() {
                super(Stage.this.shape());
                setHandler(out, new AbstractOutHandler() {
                    @Override
                    public void onPull() {
                        emitNext();
                    }
                });
            }

            @Override
            public void preStart() {
                StageActor actor = getStageActor(message -> {
                    onMessage(message);
                    return BoxedUnit.UNIT;
                });
                actor.watch(Adapter.toClassic(channel));
                self = Adapter.toTyped(actor.ref());
                channel.tell(new Channel.Take(ahead, self));
            }

            private void onMessage(Tuple2<org.apache.pekko.actor.ActorRef, Object> message) {
                if (message._2() instanceof Channel.Taken next) {
                    taken.add(new Transaction(next.transaction(), next.batch(), channel));
                    if (isAvailable(out)) {
                        emitNext();
                    }
                } else if (message._2() instanceof Terminated) {
                    failStage(new IllegalStateException(
                            "channel " + channel.path().name() + " stopped"));
                }
            }

            /** The channel would hear of the end by itself, but perhaps behind what the next taker asks. */
            @Override
            public void postStop() {
                channel.tell(new Channel.TakerGone(self));
                ended.complete(Done.getInstance());
            }

            private void emitNext() {
                Transaction next = taken.poll();
                if (next != null) {
                    push(out, next);
                    channel.tell(new Channel.Take(1, self));
                }
            }
        }
    }
}
