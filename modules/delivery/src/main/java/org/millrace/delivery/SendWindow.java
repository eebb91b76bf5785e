package org.millrace.delivery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;

/**
 * The batches of a lane that are taken from the channel and not committed, in order, and how far
 * they are sent in the current session. Knows no actor and no time.
 */
final class SendWindow {
    private record Held(long transaction, EventBatch batch) {}

    /** What to send next. */
    record Next(long number, EventBatch batch, boolean again) {}

    private final Deque<Held> sent = new ArrayDeque<>();
    private final Deque<Held> unsent = new ArrayDeque<>();
    private long lastNumber;
    private long sentBytes;
    private long grant;
    /** Everything up to here was sent in some session. */
    private Position sentOnce = Position.START;

    /** Adds a batch behind all others. */
    void add(long transaction, EventBatch batch) {
        unsent.add(new Held(transaction, batch));
    }

    /** Nothing is sent in the new session yet, and nothing may be. */
    void startSession() {
        resendFrom(0);
        lastNumber = 0;
        sentBytes = 0;
        grant = 0;
    }

    /** Raises how many bytes may be sent in this session; a lower value than before changes nothing. */
    void grant(long bytes) {
        grant = Math.max(grant, bytes);
    }

    /** The next batch to send, which counts as sent from now on; nothing where the grant is used up. */
    Optional<Next> next() {
        if (unsent.isEmpty() || sentBytes >= grant) {
            return Optional.empty();
        }
        sent.add(unsent.remove());
        EventBatch batch = sent.getLast().batch();
        lastNumber++;
        sentBytes += batch.bytes();
        boolean again = !batch.last().isAfter(sentOnce);
        sentOnce = Position.max(sentOnce, batch.last());
        return Optional.of(new Next(lastNumber, batch, again));
    }

    /**
     * Counts number {@code from} and all behind it as not sent.
     *
     * @return whether {@code from} is what comes next; it is not where it was committed in the
     *     meantime, put by an earlier session, and so is no longer held
     */
    boolean resendFrom(long from) {
        while (!sent.isEmpty() && lastNumber >= from) {
            Held last = sent.removeLast();
            unsent.addFirst(last);
            lastNumber--;
            sentBytes -= last.batch().bytes();
        }
        return lastNumber < from;
    }

    /**
     * Lets go of everything up to {@code position}.
     *
     * @return the transactions that are committed by it, in order
     */
    List<Long> committed(Position position) {
        List<Long> transactions = new ArrayList<>();
        drop(sent, position, transactions);
        if (sent.isEmpty()) {
            // An earlier session put them.
            drop(unsent, position, transactions);
        }
        return transactions;
    }

    private static void drop(Deque<Held> held, Position position, List<Long> transactions) {
        while (!held.isEmpty() && !held.peek().batch().last().isAfter(position)) {
            transactions.add(held.remove().transaction());
        }
    }

    /** The number that was sent last in this session; 0 before the first. */
    long lastNumber() {
        return lastNumber;
    }

    /** Batches that were sent in this session and are not committed. */
    int unacknowledged() {
        return sent.size();
    }

    /** Batches that were not sent in this session. */
    int unsent() {
        return unsent.size();
    }
}
