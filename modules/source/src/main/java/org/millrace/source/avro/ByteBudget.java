package org.millrace.source.avro;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many bytes all connections of a source may hold. Who asks for more than there is waits, and is
 * told later; first come, first served.
 *
 * <p>Half a request is of no use to anybody, and many halves could use up the whole limit. So whoever
 * is first in the line when there is not enough room may go past the limit until its request is
 * complete; the next may do so only when the limit is kept again. So there is always a request that
 * gets done, and what is held is never more than the limit and one request.
 *
 * <p>Thread-safe.
 */
final class ByteBudget {
    /** What one connection holds. */
    final class Share {
        private final Runnable granted;
        private long held;
        private long wanted;
        private boolean closed;

        private Share(Runnable granted) {
            this.granted = granted;
        }

        /**
         * Asks for {@code bytes} more, at least 1. Not to be called again before they are there.
         *
         * @return whether they are there now; if not, {@code granted} is run when they are, on any thread
         */
        boolean take(long bytes) {
            synchronized (ByteBudget.this) {
                wanted = bytes;
                if (waiting.isEmpty() && mayTake(this)) {
                    grant(this);
                    return true;
                }
                waiting.add(this);
                return false;
            }
        }

        /** Takes {@code bytes} that are used already, whether there is room or not. */
        void add(long bytes) {
            synchronized (ByteBudget.this) {
                held += bytes;
                used += bytes;
            }
        }

        /** A request that was being received is complete; what comes now is another. */
        void requestComplete() {
            synchronized (ByteBudget.this) {
                if (beyond == this) {
                    beyond = null;
                    serve();
                }
            }
        }

        /** Gives back what a request held. */
        void release(long bytes) {
            synchronized (ByteBudget.this) {
                if (!closed) {
                    held -= bytes;
                    used -= bytes;
                    serve();
                }
            }
        }

        /** Gives everything back; the connection is gone. */
        void close() {
            synchronized (ByteBudget.this) {
                closed = true;
                used -= held;
                held = 0;
                waiting.remove(this);
                if (beyond == this) {
                    beyond = null;
                }
                serve();
            }
        }
    }

    private final long limit;
    private final Deque<Share> waiting = new ArrayDeque<>();
    private long used;
    /** Who may go past the limit; null where nobody may. */
    private Share beyond;

    ByteBudget(long limit) {
        this.limit = limit;
    }

    /** Holds nothing yet. */
    Share share(Runnable granted) {
        return new Share(granted);
    }

    /** What all shares hold together. */
    synchronized long used() {
        return used;
    }

    private boolean mayTake(Share share) {
        if (beyond == null && used <= limit && share.wanted > limit - used) {
            beyond = share;
        }
        return beyond == share || share.wanted <= limit - used;
    }

    private void grant(Share share) {
        share.held += share.wanted;
        used += share.wanted;
    }

    private void serve() {
        while (!waiting.isEmpty() && mayTake(waiting.peek())) {
            Share next = waiting.remove();
            grant(next);
            next.granted.run();
        }
    }
}
