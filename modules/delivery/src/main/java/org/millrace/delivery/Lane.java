package org.millrace.delivery;

import io.micrometer.core.instrument.Counter;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.event.EventBatch;
import org.millrace.event.LaneId;
import org.millrace.event.Position;
import org.millrace.event.SplitMix64;
import org.millrace.route.CollectorId;
import org.millrace.route.CollectorView;
import org.millrace.route.RouteDecision;
import org.millrace.telemetry.Telemetry;
import org.slf4j.Logger;

/**
 * One lane on its agent: which collector it uses, and its session there. Part of {@link
 * LaneDispatcher}, which feeds it everything that happens.
 *
 * <p>When the route changes while the old collector still answers, the lane hands over: it sends
 * nothing new there and waits until what it sent is committed, so that nothing is stored twice. When
 * the old collector does not answer, or takes too long, it moves at once and sends everything again
 * that is not committed.
 *
 * <p>From a collector that serves well to a better one, each lane moves at a time of its own within three
 * seconds. A collector that has just started is slow for its first batches; it should not get those of
 * all lanes at once.
 *
 * <p>Time is counted in ticks of {@link LaneDispatcher#TICK}.
 */
final class Lane {
    /** Ask to open the session again, or for progress, after as many ticks without an answer. */
    static final int ASK_AFTER = 4;

    /** Replace an open session by a new one after as many ticks without an answer. */
    static final int REOPEN_AFTER = 12;

    /** Longest wait of a handover to a collector that is ready, in ticks. */
    static final int HANDOVER_LIMIT = 40;

    /** A move that nothing forces waits for less than as many ticks. */
    static final int SPREAD = 12;

    private enum Phase {
        /** No collector is usable. */
        NOWHERE,
        OPENING,
        OPEN,
        /** The session is open; what was sent is awaited, and sent again if need be, nothing new is sent. */
        HANDING_OVER
    }

    /** How a lane reaches collectors and its channel. */
    interface Links {
        /** The front door of a collector. */
        ActorRef<Delivery.ToReceivers> receivers(CollectorId collector);

        /** Tells the lane when the receiver stops. */
        void watch(ActorRef<Delivery.ToReceiver> receiver);

        /** Ends {@link #watch}. */
        void unwatch(ActorRef<Delivery.ToReceiver> receiver);
    }

    private final LaneId id;
    private final long incarnation;
    private final Links links;
    private final ActorRef<Delivery.ToLane> self;
    private final LongConsumer commit;
    private final Logger log;
    private final SendWindow window = new SendWindow();
    private final Counter sentEvents;
    private final Counter sentBytes;
    private final Counter redeliveredEvents;
    private final Counter redeliveredBytes;
    private final Counter committedTransactions;
    private final Counter sessions;

    private Phase phase = Phase.NOWHERE;
    private Collection<CollectorView> collectors = List.of();
    private Optional<CollectorId> route = Optional.empty();
    /** Collectors that said they are about to stop; the directory may not know it yet. */
    private final Set<CollectorId> drained = new HashSet<>();

    private Optional<ActorRef<Delivery.ToReceiver>> receiver = Optional.empty();
    private Position committed = Position.START;
    private long session;
    private int silentTicks;
    private int handoverTicks;
    /** Where the lane would rather be, and after how many ticks it goes there. */
    private Optional<CollectorId> wish = Optional.empty();

    private int wishTicks;

    /** In a handover, the last number that the old collector is to finish. */
    private long lastToFinish;
    /** In a handover that needs a new session at the old collector, how many batches that is to finish. */
    private int toFinish;

    Lane(
            LaneId id,
            long incarnation,
            Links links,
            ActorRef<Delivery.ToLane> self,
            LongConsumer commit,
            Telemetry telemetry,
            Logger log) {
        this.id = id;
        this.incarnation = incarnation;
        this.links = links;
        this.self = self;
        this.commit = commit;
        this.log = log;
        Telemetry.Part meters = telemetry.part("lane", id.toString());
        this.sentEvents = meters.counter("sent.events");
        this.sentBytes = meters.counter("sent.bytes");
        this.redeliveredEvents = meters.counter("redelivered.events");
        this.redeliveredBytes = meters.counter("redelivered.bytes");
        this.committedTransactions = meters.counter("committed.batches");
        this.sessions = meters.counter("sessions");
        meters.gauge("unacknowledged.batches", window::unacknowledged);
    }

    /** The session that messages must name to be for this lane. */
    long session() {
        return session;
    }

    /** Batches that wait to be sent. */
    int unsent() {
        return window.unsent();
    }

    /** Takes a batch from the channel. */
    void add(long transaction, EventBatch batch) {
        window.add(transaction, batch);
        commitUpTo(committed);
        sendWhatFits();
    }

    /** Takes news of the collectors. */
    void onCollectors(Collection<CollectorView> all) {
        collectors = all;
        drained.retainAll(all.stream().map(CollectorView::id).toList());
        reroute();
    }

    private void reroute() {
        Optional<CollectorId> decided = decide();
        if (mayWait(decided)) {
            return;
        }
        if (decided.equals(route)) {
            toFinish = 0;
            handoverTicks = 0;
            if (phase == Phase.HANDING_OVER) {
                phase = Phase.OPEN;
                sendWhatFits();
            }
        } else if (!mayFinish(decided)) {
            moveTo(decided);
        } else if (phase == Phase.OPEN) {
            log.info("lane {} finishes at {} before it moves", id, route.get());
            phase = Phase.HANDING_OVER;
            lastToFinish = window.lastNumber();
        }
    }

    /** Whether this is a move that nothing forces, and its time has not come. */
    private boolean mayWait(Optional<CollectorId> decided) {
        boolean forced = decided.isEmpty() || decided.equals(route) || phase != Phase.OPEN || !doStoresOfRouteAnswer();
        if (forced) {
            wish = Optional.empty();
            return false;
        }
        if (!wish.equals(decided)) {
            wish = decided;
            wishTicks = ticksBeforeMove(id, decided.orElseThrow());
        }
        return wishTicks > 0;
    }

    /** Different for the lanes of a collector, and for its runs. */
    static int ticksBeforeMove(LaneId lane, CollectorId collector) {
        return (int) Math.floorMod(SplitMix64.mix(Objects.hash(lane, collector)), (long) SPREAD);
    }

    private boolean doStoresOfRouteAnswer() {
        return collectors.stream()
                .anyMatch(view ->
                        route.equals(Optional.of(view.id())) && view.storesAnswer() && !drained.contains(view.id()));
    }

    private Optional<CollectorId> decide() {
        List<CollectorView> candidates =
                collectors.stream().filter(view -> !drained.contains(view.id())).toList();
        return RouteDecision.decide(candidates, id, route);
    }

    /** Whether to wait for what was sent. With nowhere to go, to give up the wait would gain nothing. */
    private boolean mayFinish(Optional<CollectorId> next) {
        boolean sessionOpen = phase == Phase.OPEN || phase == Phase.HANDING_OVER;
        boolean unfinished = toFinish > 0 || (sessionOpen && window.unacknowledged() > 0);
        boolean inTime = next.isEmpty() || handoverTicks < HANDOVER_LIMIT;
        return unfinished && inTime && isRouteAlive();
    }

    private boolean isRouteAlive() {
        return collectors.stream().anyMatch(view -> route.equals(Optional.of(view.id())) && view.alive());
    }

    private void moveTo(Optional<CollectorId> next) {
        closeSession();
        if (next.isEmpty()) {
            // Why, the directory says for all lanes.
            log.info(
                    "lane {} has no collector{}",
                    id,
                    route.map(old -> " (was " + old + ")").orElse(""));
            phase = Phase.NOWHERE;
        } else {
            String from = route.map(old -> " (was " + old + ")").orElse("");
            log.info("lane {} goes to {}{}", id, next.get(), from);
        }
        route = next;
        handoverTicks = 0;
        if (next.isPresent()) {
            openSession();
        }
    }

    private void closeSession() {
        receiver.ifPresent(open -> {
            links.unwatch(open);
            open.tell(new Delivery.CloseLane(session));
        });
        receiver = Optional.empty();
        toFinish = 0;
        window.startSession();
    }

    private void openSession() {
        startSession();
        askToOpen();
    }

    private void startSession() {
        phase = Phase.OPENING;
        session = ThreadLocalRandom.current().nextLong();
        silentTicks = 0;
        window.startSession();
        sessions.increment();
    }

    private void askToOpen() {
        links.receivers(route.orElseThrow()).tell(new Delivery.OpenLane(id, incarnation, session, self));
    }

    /** Takes an answer of the current session. */
    void on(Delivery.ToLane message) {
        silentTicks = 0;
        if (message instanceof Delivery.LaneOpened opened && phase == Phase.OPENING) {
            phase = toFinish > 0 ? Phase.HANDING_OVER : Phase.OPEN;
            lastToFinish = toFinish;
            toFinish = 0;
            receiver = Optional.of(opened.receiver());
            links.watch(opened.receiver());
            window.grant(opened.grant());
        } else if (message instanceof Delivery.Progress progress) {
            window.grant(progress.grant());
            commitUpTo(Position.max(committed, progress.committed()));
        } else if (message instanceof Delivery.Resend resend) {
            onResend(resend);
        } else if (message instanceof Delivery.Draining draining) {
            // It ignores what came later; so that is free to go elsewhere, and the rest to be awaited.
            window.resendFrom(draining.received() + 1);
            lastToFinish = draining.received();
            leaveDrained();
        } else if (message instanceof Delivery.LaneRefused) {
            toFinish = 0;
            leaveDrained();
        }
        sendWhatFits();
        if (phase == Phase.HANDING_OVER && window.unacknowledged() == 0) {
            reroute();
        }
    }

    private void onResend(Delivery.Resend resend) {
        int unfinished = window.unacknowledged();
        boolean held = window.resendFrom(resend.from());
        if (phase == Phase.HANDING_OVER && resend.from() == 0) {
            // It ends here: the old collector takes nothing more in this session.
            lastToFinish = 0;
        } else if (!held && (phase == Phase.OPEN || phase == Phase.HANDING_OVER)) {
            // What is missing there was committed by an earlier session and is gone here. A batch sent
            // under another number than before could be taken for the one that had it; in a new session
            // no number has been used. A handover finishes in that one.
            boolean finishing = phase == Phase.HANDING_OVER;
            closeSession();
            openSession();
            toFinish = finishing ? unfinished : 0;
        }
    }

    private void leaveDrained() {
        route.ifPresent(drained::add);
        reroute();
    }

    private void commitUpTo(Position position) {
        committed = position;
        for (long transaction : window.committed(position)) {
            committedTransactions.increment();
            commit.accept(transaction);
        }
    }

    private void sendWhatFits() {
        while (maySend()) {
            Optional<SendWindow.Next> next = window.next();
            if (next.isEmpty()) {
                return;
            }
            EventBatch batch = next.get().batch();
            boolean again = next.get().again();
            (again ? redeliveredEvents : sentEvents).increment(batch.size());
            (again ? redeliveredBytes : sentBytes).increment((double) batch.bytes());
            receiver.orElseThrow().tell(new Delivery.Deliver(session, next.get().number(), batch));
        }
    }

    /**
     * In a handover only what is asked for again. It may be a late question, and what it asks for be
     * received by now: taken elsewhere, that would be stored twice.
     */
    private boolean maySend() {
        return phase == Phase.OPEN || (phase == Phase.HANDING_OVER && window.lastNumber() < lastToFinish);
    }

    /** The receiver of the session stopped. */
    void onReceiverGone(ActorRef<Delivery.ToReceiver> gone) {
        if (!receiver.equals(Optional.of(gone))) {
            return;
        }
        receiver = Optional.empty();
        log.info("lane {}: its receiver at {} is gone", id, route.get());
        Optional<CollectorId> decided = decide();
        if (decided.equals(route)) {
            startSession();
            // Ask at the next tick and not at once: a receiver that fails on what it gets would
            // otherwise fail as fast as messages travel.
            silentTicks = ASK_AFTER - 1;
        } else {
            moveTo(decided);
        }
    }

    /** Whether everything is committed; a source that has begun anew needs this lane no more then. */
    boolean isDone() {
        return window.unacknowledged() == 0 && window.unsent() == 0;
    }

    /** Ends the lane. */
    void close() {
        closeSession();
    }

    /** A tick passed. */
    void onTick() {
        if (phase == Phase.HANDING_OVER || toFinish > 0) {
            handoverTicks++;
            reroute();
        } else if (wish.isPresent()) {
            wishTicks--;
            reroute();
        }
        boolean awaitsAnswer = phase == Phase.OPENING || !isDone();
        if (phase == Phase.NOWHERE || !awaitsAnswer) {
            silentTicks = 0;
            return;
        }
        silentTicks++;
        if (silentTicks >= REOPEN_AFTER && phase == Phase.OPEN) {
            log.info("lane {}: no answer from {}, opening a new session", id, route.get());
            closeSession();
            openSession();
        } else if (silentTicks % ASK_AFTER == 0) {
            if (phase == Phase.OPENING) {
                askToOpen();
            } else {
                receiver.ifPresent(open -> open.tell(new Delivery.Enquire(session, window.lastNumber())));
            }
        }
    }
}
