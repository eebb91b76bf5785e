package org.millrace.delivery;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.event.EventBatch;
import org.millrace.route.CollectorView;
import org.millrace.telemetry.Telemetry;

/**
 * An agent of one source that has events 1 to {@code last}, with a real channel and its dispatcher.
 * Each run of it reads on behind the last committed event, and cuts the events into batches of its
 * own.
 */
final class TrialAgent {
    private static final int MAX_EVENTS = 5;
    private static final long ROOM = 1 << 28;

    private final ActorTestKit kit;
    private final long last;
    private final Random random;
    private final TestProbe<CollectorDirectory.Command> directory;
    private final AtomicLong committed = new AtomicLong();
    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    final Telemetry telemetry = Telemetry.inMemory();

    private List<CollectorView> collectors = List.of();
    private ActorRef<CollectorDirectory.Collectors> subscriber;
    private ActorRef<Channel.Command> channel;
    private ActorRef<Channel.PutReply> source;
    private ActorRef<LaneDispatcher.Command> dispatcher;

    TrialAgent(ActorTestKit kit, long last, long seed) {
        this.kit = kit;
        this.last = last;
        this.random = new Random(seed);
        this.directory = kit.createTestProbe();
        start();
    }

    private void start() {
        channel = kit.spawn(
                Channel.create(new ChannelSettings("c1", Integer.MAX_VALUE, ROOM), telemetry), Channel.props());
        put();
        dispatcher = kit.spawn(LaneDispatcher.create("node01", "c1", channel, directory.ref(), telemetry));
        subscriber =
                directory.expectMessageClass(CollectorDirectory.Watch.class).subscriber();
        subscriber.tell(new CollectorDirectory.Collectors(collectors));
    }

    private void put() {
        List<EventBatch> batches = new ArrayList<>();
        for (long from = committed.get(); from < last; ) {
            long to = Math.min(last, from + 1 + random.nextInt(MAX_EVENTS));
            batches.add(Samples.batch(from, to));
            from = to;
        }
        source = kit.spawn(Behaviors.receiveMessage(reply -> {
            if (reply instanceof Channel.Committed done) {
                onCommitted(batches.get((int) done.ticket()));
            }
            return Behaviors.same();
        }));
        for (int ticket = 0; ticket < batches.size(); ticket++) {
            channel.tell(new Channel.Put(ticket, batches.get(ticket), source));
        }
    }

    private void onCommitted(EventBatch batch) {
        if (!committed.compareAndSet(batch.startOffset(), batch.last().offset())) {
            wrong.add(batch + " committed behind " + committed);
        }
    }

    /** Dies, and comes back as another run. */
    void restart() {
        kit.stop(dispatcher);
        kit.stop(channel);
        kit.stop(source);
        start();
    }

    /** Tells it of the collectors. */
    void collectorsAre(List<CollectorView> all) {
        collectors = all;
        subscriber.tell(new CollectorDirectory.Collectors(all));
    }

    /** Everything up to here is committed. */
    long committed() {
        return committed.get();
    }

    /** Commits that were out of order. */
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    long counter(String what) {
        return (long)
                telemetry.registry().get("millrace.lane." + what).counter().count();
    }
}
