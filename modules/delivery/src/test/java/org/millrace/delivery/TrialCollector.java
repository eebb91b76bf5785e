package org.millrace.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.route.CollectorId;
import org.millrace.telemetry.Telemetry;

/**
 * A collector behind a {@link LossyWire}, with real receivers and a real channel, so small that it is
 * full at times. Its store keeps several transactions open, and commits them when and in what order
 * it likes.
 */
final class TrialCollector {
    private static final int CAPACITY_EVENTS = 40;
    private static final int WINDOW = 2048;
    private static final int OPEN = 6;

    private final Host host;
    private final TestProbe<Boolean> pong;
    private final List<Long> stored = Collections.synchronizedList(new ArrayList<>());
    final LossyWire.Tally tally = new LossyWire.Tally();

    private record Stored(Channel.Taken taken) {}

    private enum Tick {
        NOW
    }

    TrialCollector(ActorTestKit kit, String name, long uid, LossyWire.Badness badness, long seed) {
        this.pong = kit.createTestProbe();
        Telemetry telemetry = Telemetry.inMemory();
        ActorRef<Channel.Command> channel = kit.spawn(
                Channel.create(new ChannelSettings("kafka", CAPACITY_EVENTS, 1 << 20), telemetry), Channel.props());
        kit.spawn(store(channel, new Random(seed)));
        ActorRef<Receivers.Command> receivers = kit.spawn(Receivers.create(
                uid, Samples.inlet(Map.of("kafka", channel)), new DeliverySettings(WINDOW), telemetry));
        this.host = Host.start(
                kit,
                name,
                uid,
                LossyWire.create(receivers, badness, seed, tally).narrow());
    }

    private Behavior<Object> store(ActorRef<Channel.Command> channel, Random random) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            ActorRef<Channel.Taken> taker = context.messageAdapter(Channel.Taken.class, Stored::new);
            List<Long> open = new ArrayList<>();
            channel.tell(new Channel.Take(OPEN, taker));
            timers.startTimerWithFixedDelay(Tick.NOW, Duration.ofMillis(20));
            return Behaviors.receiveMessage(message -> {
                if (message instanceof Stored next) {
                    stored.addAll(Samples.offsets(next.taken().batch()));
                    open.add(next.taken().transaction());
                }
                if (!open.isEmpty() && (message == Tick.NOW || random.nextBoolean())) {
                    channel.tell(new Channel.Commit(open.remove(random.nextInt(open.size()))));
                    channel.tell(new Channel.Take(1, taker));
                }
                return Behaviors.same();
            });
        }));
    }

    CollectorId id() {
        return host.id();
    }

    /** The events in its store, in the order in which they came there. */
    List<Long> stored() {
        return List.copyOf(stored);
    }

    /** Lets everything that is on the wire by now be seen to. */
    void settle() {
        ActorRef<Object> wire = host.door().unsafeUpcast();
        wire.tell(new LossyWire.Ping(pong.ref()));
        pong.receiveMessage();
    }
}
