package org.millrace.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.apache.pekko.stream.Materializer;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.channel.ChannelSource;
import org.millrace.channel.Inlet;
import org.millrace.channel.Transaction;
import org.millrace.event.LaneId;
import org.millrace.event.RehearsalBatches;
import org.millrace.flow.Selector;
import org.millrace.telemetry.Telemetry;

/**
 * Carries made-up batches once through what a lane's first batches go through on a collector: out of
 * their bytes, to a receiver, through a channel and out of it, and back as progress. All of it is a
 * receiver and a channel of its own, behind which there is no store; it stops by itself.
 *
 * <p>A collector that stands by has loaded none of the classes of that way, and compiled nothing of it,
 * when all lanes of a dead one come at once. They would wait for both.
 */
public final class ReceiverRehearsal {
    /** Enough for the JVM to compile what is done for each event. */
    static final int BATCHES = 64;

    private static final long SESSION = 1;
    private static final LaneId LANE = new LaneId(RehearsalBatches.NAME, RehearsalBatches.NAME, RehearsalBatches.NAME);
    private static final int CAPACITY_BYTES = 1 << 20;
    /** Without an answer for so long it gives up. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final ActorContext<Delivery.ToLane> context;
    private final Serialization wire;
    private final ActorRef<Receiver.Command> receiver;

    private ReceiverRehearsal(ActorContext<Delivery.ToLane> context, Telemetry unseen) {
        this.context = context;
        this.wire = SerializationExtension.get(context.getSystem());
        ActorRef<Channel.Command> channel = context.spawn(
                Channel.create(
                        new ChannelSettings(RehearsalBatches.NAME, BATCHES * RehearsalBatches.EVENTS, CAPACITY_BYTES),
                        unseen),
                "channel",
                Channel.props());
        Inlet inlet = new Inlet(
                (batch, tally) -> Optional.of(batch),
                Selector.replicating(List.of(RehearsalBatches.NAME)),
                Map.of(RehearsalBatches.NAME, channel),
                unseen.part("flow", RehearsalBatches.NAME));
        this.receiver = context.spawn(
                Receiver.create(
                        new Receivers.LaneKey(LANE, 1),
                        inlet,
                        CAPACITY_BYTES,
                        // A start takes breath now and then; no session is to be doubted for that.
                        new Standstill(() -> 0),
                        unseen,
                        context.getSystem().ignoreRef()),
                "receiver");
        ChannelSource.create(channel, 1).runForeach(Transaction::commit, Materializer.createMaterializer(context));
    }

    /** One that begins at once. */
    public static Behavior<Delivery.ToLane> create() {
        return create(Telemetry.inMemory());
    }

    static Behavior<Delivery.ToLane> create(Telemetry unseen) {
        return Behaviors.setup(context -> new ReceiverRehearsal(context, unseen).begin());
    }

    private Behavior<Delivery.ToLane> begin() {
        Delivery.OpenLane open = onTheWire(new Delivery.OpenLane(LANE, 1, SESSION, context.getSelf()));
        receiver.tell(new Receiver.Open(open.session(), open.replyTo()));
        context.setReceiveTimeout(LIMIT, new Delivery.LaneRefused(SESSION));
        return Behaviors.receive(Delivery.ToLane.class)
                .onMessage(Delivery.LaneOpened.class, this::deliver)
                .onMessage(Delivery.Progress.class, this::onProgress)
                .onMessage(Delivery.LaneRefused.class, refused -> Behaviors.stopped())
                .build();
    }

    private Behavior<Delivery.ToLane> deliver(Delivery.LaneOpened opened) {
        Delivery.LaneOpened heard = onTheWire(opened);
        for (int number = 1; number <= BATCHES; number++) {
            heard.receiver().tell(onTheWire(new Delivery.Deliver(SESSION, number, RehearsalBatches.batch(number))));
        }
        return Behaviors.same();
    }

    private Behavior<Delivery.ToLane> onProgress(Delivery.Progress progress) {
        return onTheWire(progress)
                        .committed()
                        .equals(RehearsalBatches.batch(BATCHES).last())
                ? Behaviors.stopped()
                : Behaviors.same();
    }

    /** The message as it comes out of its bytes. */
    @SuppressWarnings("unchecked")
    private <T extends Delivery.WireMessage> T onTheWire(T message) {
        Serializer serializer = wire.findSerializerFor(message);
        String manifest = Serializers.manifestFor(serializer, message);
        return (T) wire.deserialize(serializer.toBinary(message), serializer.identifier(), manifest)
                .get();
    }
}
