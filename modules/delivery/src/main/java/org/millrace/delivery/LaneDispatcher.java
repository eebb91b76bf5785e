package org.millrace.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.millrace.channel.Channel;
import org.millrace.event.LaneId;
import org.millrace.event.SourceId;
import org.millrace.route.CollectorId;
import org.millrace.telemetry.Telemetry;

/**
 * The taker of an agent's channel: sends what it takes to the collectors, each lane on its route,
 * and commits what the collectors have acknowledged.
 *
 * <p>Takes a few batches ahead of what it can send and no more, so that what waits, waits in the
 * channel. What is sent and not acknowledged is held here and counts against the channel's capacity.
 * Lanes that share a channel share its order: one whose collector takes nothing ends up holding up
 * the others, as in any queue.
 *
 * <p>Stops when its channel stops. When it stops itself, the channel takes back everything that is
 * not committed.
 */
public final class LaneDispatcher {
    /** How often lanes look whether an answer is overdue. */
    static final Duration TICK = Duration.ofMillis(250);

    /** Batches taken and not sent, over all lanes, that are enough. */
    static final int AHEAD = 16;

    /** What it understands. */
    public sealed interface Command {}

    private record FromChannel(Channel.Taken taken) implements Command {}

    private record FromCollector(Delivery.ToLane message) implements Command {}

    private record FromDirectory(CollectorDirectory.Collectors collectors) implements Command {}

    private record ReceiverGone(ActorRef<Delivery.ToReceiver> receiver) implements Command {}

    private enum ChannelGone implements Command {
        INSTANCE
    }

    private enum Tick implements Command {
        INSTANCE
    }

    private LaneDispatcher() {}

    /**
     * Dispatches one channel.
     *
     * @param agent the agent's node name
     * @param channelName the channel's name on the agent
     */
    public static Behavior<Command> create(
            String agent,
            String channelName,
            ActorRef<Channel.Command> channel,
            ActorRef<CollectorDirectory.Command> directory,
            Telemetry telemetry) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            context.setLoggerName(LaneDispatcher.class);
            timers.startTimerWithFixedDelay(Tick.INSTANCE, TICK);
            Running running = new Running(context, agent, channelName, channel, telemetry);
            directory.tell(new CollectorDirectory.Watch(
                    context.messageAdapter(CollectorDirectory.Collectors.class, FromDirectory::new)));
            return running;
        }));
    }

    private static final class Running extends AbstractBehavior<Command> implements Lane.Links {
        private final String agent;
        private final String channelName;
        private final ActorRef<Channel.Command> channel;
        private final Telemetry telemetry;
        private final ActorRef<Channel.Taken> taker;
        private final ActorRef<Delivery.ToLane> answers;
        private final Map<SourceId, Lane> lanes = new HashMap<>();
        /** The last incarnation seen of each source, by name. */
        private final Map<String, SourceId> newest = new HashMap<>();

        private CollectorDirectory.Collectors collectors = new CollectorDirectory.Collectors(List.of());
        private int asked;

        Running(
                ActorContext<Command> context,
                String agent,
                String channelName,
                ActorRef<Channel.Command> channel,
                Telemetry telemetry) {
            super(context);
            this.agent = agent;
            this.channelName = channelName;
            this.channel = channel;
            this.telemetry = telemetry;
            this.taker = context.messageAdapter(Channel.Taken.class, FromChannel::new);
            this.answers = context.messageAdapter(Delivery.ToLane.class, FromCollector::new);
            context.watchWith(channel, ChannelGone.INSTANCE);
            takeMore();
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(FromCollector.class, this::onAnswer)
                    .onMessage(FromChannel.class, this::onTaken)
                    .onMessage(FromDirectory.class, this::onCollectors)
                    .onMessage(ReceiverGone.class, this::onReceiverGone)
                    .onMessage(Tick.class, this::onTick)
                    .onMessage(ChannelGone.class, this::onChannelGone)
                    .build();
        }

        private Behavior<Command> onTaken(FromChannel message) {
            asked--;
            Channel.Taken taken = message.taken();
            lanes.computeIfAbsent(taken.batch().source(), this::newLane).add(taken.transaction(), taken.batch());
            takeMore();
            return this;
        }

        private Lane newLane(SourceId source) {
            newest.put(source.name(), source);
            Lane lane = new Lane(
                    new LaneId(agent, source.name(), channelName),
                    source.incarnation(),
                    this,
                    answers,
                    transaction -> channel.tell(new Channel.Commit(transaction)),
                    telemetry,
                    getContext().getLog());
            lane.onCollectors(collectors.all());
            return lane;
        }

        private Behavior<Command> onAnswer(FromCollector message) {
            boolean known = false;
            // A channel has a handful of lanes, one a source: an index would cost more than it saves.
            for (Lane lane : lanes.values()) {
                if (lane.session() == message.message().session()) {
                    known = true;
                    lane.on(message.message());
                }
            }
            if (!known && message.message() instanceof Delivery.LaneOpened left) {
                // Open there, it would keep a share of the collector's window.
                left.receiver().tell(new Delivery.CloseLane(left.session()));
            }
            takeMore();
            return this;
        }

        private Behavior<Command> onCollectors(FromDirectory message) {
            collectors = message.collectors();
            lanes.values().forEach(lane -> lane.onCollectors(collectors.all()));
            takeMore();
            return this;
        }

        private Behavior<Command> onReceiverGone(ReceiverGone gone) {
            lanes.values().forEach(lane -> lane.onReceiverGone(gone.receiver()));
            return this;
        }

        private Behavior<Command> onTick(Tick tick) {
            lanes.values().forEach(Lane::onTick);
            dropSuperseded();
            takeMore();
            return this;
        }

        /** A source that lost its state comes back as another incarnation; the lane of the old one ends. */
        private void dropSuperseded() {
            for (Iterator<Map.Entry<SourceId, Lane>> all = lanes.entrySet().iterator(); all.hasNext(); ) {
                Map.Entry<SourceId, Lane> entry = all.next();
                SourceId source = entry.getKey();
                if (!source.equals(newest.get(source.name()))
                        && entry.getValue().isDone()) {
                    entry.getValue().close();
                    all.remove();
                }
            }
        }

        private Behavior<Command> onChannelGone(ChannelGone gone) {
            getContext().getLog().info("channel {} has stopped, and so does its dispatcher", channelName);
            return Behaviors.stopped();
        }

        private void takeMore() {
            int unsent = 0;
            for (Lane lane : lanes.values()) {
                unsent += lane.unsent();
            }
            int more = AHEAD - unsent - asked;
            if (more > 0) {
                asked += more;
                channel.tell(new Channel.Take(more, taker));
            }
        }

        @Override
        public ActorRef<Delivery.ToReceivers> receivers(CollectorId collector) {
            return ActorRefResolver.get(getContext().getSystem())
                    .resolveActorRef(collector.address() + "/system/" + Delivery.RECEIVERS_NAME);
        }

        @Override
        public void watch(ActorRef<Delivery.ToReceiver> receiver) {
            getContext().watchWith(receiver, new ReceiverGone(receiver));
        }

        @Override
        public void unwatch(ActorRef<Delivery.ToReceiver> receiver) {
            getContext().unwatch(receiver);
        }
    }
}
