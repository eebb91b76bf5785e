package org.millrace.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.millrace.channel.Channel.Commit;
import org.millrace.channel.Channel.PutReply;
import org.millrace.channel.Channel.Rollback;
import org.millrace.channel.Channel.Take;
import org.millrace.channel.Channel.Taken;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.telemetry.Telemetry;

/** Putters and takers around one channel, all at once, and what they saw. */
final class ChannelTraffic {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ActorTestKit kit;
    private final ActorRef<Channel.Command> channel;
    private final Telemetry telemetry;
    private final String name;
    private final TestProbe<String> finished;
    private final Queue<EventBatch> committed = new ConcurrentLinkedQueue<>();
    private final AtomicLong mostHeldEvents = new AtomicLong();
    private final AtomicLong mostHeldBytes = new AtomicLong();
    private int putters;

    ChannelTraffic(ActorTestKit kit, ActorRef<Channel.Command> channel, Telemetry telemetry, String name) {
        this.kit = kit;
        this.channel = channel;
        this.telemetry = telemetry;
        this.name = name;
        this.finished = kit.createTestProbe();
    }

    /** Putters that put batches of 1 to {@code maxEvents} events, one unanswered at a time. */
    void startPutters(int count, int batches, int maxEvents) {
        for (int i = 0; i < count; i++) {
            kit.spawn(putter("putter-" + i, batches, maxEvents));
        }
        putters += count;
    }

    private Behavior<PutReply> putter(String source, int batches, int maxEvents) {
        return Behaviors.setup(context -> {
            FanOut fanOut = new FanOut(Map.of(name, channel), Position.START, context.getSelf());
            for (int number = 1; number <= batches; number++) {
                EventBatch batch = Batches.batch(source, number, 1 + number % maxEvents);
                fanOut.offer(batch.last(), Batches.into(batch, List.of(name)));
            }
            return Behaviors.receiveMessage(reply -> {
                fanOut.on(reply);
                if (fanOut.isIdle()) {
                    finished.ref().tell(source);
                    return Behaviors.stopped();
                }
                return Behaviors.same();
            });
        });
    }

    /** Waits until every putter knows that everything it put is committed. */
    void awaitPutters() {
        for (int i = 0; i < putters; i++) {
            finished.receiveMessage(PATIENCE);
        }
    }

    /** A taker that commits all it gets, at once. */
    void startSteadyTaker() {
        kit.spawn(Behaviors.<Taken>setup(context -> {
            channel.tell(new Take(4, context.getSelf()));
            return Behaviors.receiveMessage(taken -> {
                commit(taken);
                channel.tell(new Take(1, context.getSelf()));
                return Behaviors.same();
            });
        }));
    }

    /** Takers that commit, hold, roll back and die as chance has it; who dies is replaced. */
    void startRandomTakers(int count, long seed) {
        kit.spawn(Behaviors.<Void>setup(context -> {
            Random seeds = new Random(seed);
            for (int i = 0; i < count; i++) {
                context.watch(context.spawnAnonymous(RandomTaker.create(this, seeds.nextLong())));
            }
            return Behaviors.receive(Void.class)
                    .onSignal(Terminated.class, gone -> {
                        context.watch(context.spawnAnonymous(RandomTaker.create(this, seeds.nextLong())));
                        return Behaviors.same();
                    })
                    .build();
        }));
    }

    private void commit(Taken taken) {
        committed.add(taken.batch());
        channel.tell(new Commit(taken.transaction()));
    }

    private void look() {
        mostHeldEvents.accumulateAndGet(gauge("held.events"), Math::max);
        mostHeldBytes.accumulateAndGet(gauge("held.bytes"), Math::max);
    }

    private long gauge(String what) {
        return (long) telemetry
                .registry()
                .get("millrace.channel." + what)
                .tag("name", name)
                .gauge()
                .value();
    }

    /** The numbers of the batches that takers committed, in the order of their commits. */
    Map<String, List<Integer>> committedByPutter() {
        return committed.stream()
                .collect(Collectors.groupingBy(
                        batch -> batch.source().name(), Collectors.mapping(Batches::numberOf, Collectors.toList())));
    }

    long mostHeldEvents() {
        return mostHeldEvents.get();
    }

    long mostHeldBytes() {
        return mostHeldBytes.get();
    }

    private static final class RandomTaker extends AbstractBehavior<Taken> {
        /** Comes when nothing else came for a while. */
        private static final Taken IDLE = new Taken(0, null);

        private final ChannelTraffic traffic;
        private final Random random;
        private final List<Taken> holding = new ArrayList<>();

        static Behavior<Taken> create(ChannelTraffic traffic, long seed) {
            return Behaviors.setup(context -> new RandomTaker(context, traffic, seed));
        }

        private RandomTaker(ActorContext<Taken> context, ChannelTraffic traffic, long seed) {
            super(context);
            this.traffic = traffic;
            this.random = new Random(seed);
            context.setReceiveTimeout(Duration.ofMillis(2), IDLE);
            ask(1 + random.nextInt(4));
        }

        @Override
        public Receive<Taken> createReceive() {
            return newReceiveBuilder().onMessage(Taken.class, this::onTaken).build();
        }

        private Behavior<Taken> onTaken(Taken taken) {
            traffic.look();
            int chance = random.nextInt(100);
            if (chance < 3) {
                return Behaviors.stopped();
            }
            if (!taken.equals(IDLE)) {
                holding.add(taken);
                ask(1);
            }
            if (!holding.isEmpty() && (holding.size() > 2 || chance < 70)) {
                end(holding.remove(random.nextInt(holding.size())));
            }
            return this;
        }

        private void end(Taken taken) {
            if (random.nextInt(100) < 30) {
                traffic.channel.tell(new Rollback(taken.transaction()));
            } else {
                traffic.commit(taken);
            }
        }

        private void ask(int count) {
            traffic.channel.tell(new Take(count, getContext().getSelf()));
        }
    }
}
