package org.millrace.sink;

import java.time.Duration;

/**
 * What a sink that runs knows of its store, from looks at regular intervals: whether it stores, and,
 * where there is nothing to store, whether it answers when it is asked. Immutable.
 *
 * <p>A store that has something to store proves itself by storing; what it says counts only while it
 * has nothing. It is asked in a stall too, only to learn the reason.
 *
 * @param stall whether something waits and nothing is stored
 * @param asking whether the store was asked and has not answered
 * @param looks since it was asked, answered or stored
 * @param failure how it answered last; empty when well, or when it did not at all
 * @param well how often in a row it has answered well
 */
record StoreHealth(Verdict verdict, StallWatch stall, boolean asking, int looks, String failure, int well) {
    /** What to think of the store. */
    enum Verdict {
        FINE,
        /** Nothing waits for it, and it was asked and did not answer. */
        SILENT,
        /** Something waits for it and nothing is stored, for {@link StallWatch#LIMIT}. */
        STALLED
    }

    /** A store that has been idle for so many looks is asked. */
    static final int ASK_AFTER = 2;

    /** One that answered badly is asked again after so many: its client says much in the log each time. */
    static final int ASK_AGAIN_AFTER = 10;

    /**
     * A store that has not answered after so many looks is silent. Soon, since this collector stores
     * nothing at the moment: whoever does must not find it ready when the store is away for both.
     */
    static final int ANSWER_WITHIN = 2;

    /**
     * One that was silent must answer well so often in a row. Whoever stores in it finds out first then
     * that it is back, and keeps its lanes.
     */
    static final int MENDED_AFTER = 2;

    static final StoreHealth START = new StoreHealth(Verdict.FINE, StallWatch.START, false, 0, "", 0);

    /**
     * The health after another look.
     *
     * @param stored transactions stored since the run began
     * @param open transactions taken and not stored
     * @param passed since the look before
     */
    StoreHealth look(long stored, long open, Duration passed) {
        StallWatch next = stall.look(stored, open, passed);
        boolean moved = stored != stall.stored();
        int since = moved && !asking ? 0 : looks + 1;
        if (next.stalled()) {
            return new StoreHealth(Verdict.STALLED, next, asking, since, failure, well);
        }
        if (moved) {
            return new StoreHealth(Verdict.FINE, next, asking, since, "", well);
        }
        boolean overdue = open == 0 && asking && since >= ANSWER_WITHIN;
        return new StoreHealth(overdue ? Verdict.SILENT : verdict, next, asking, since, failure, overdue ? 0 : well);
    }

    /** Whether the store should be asked now; it is not asked twice at a time. */
    boolean wantsAnswer(long open) {
        boolean unexplained = stall.stalled() && failure.isEmpty();
        boolean due = looks >= (failure.isEmpty() ? ASK_AFTER : ASK_AGAIN_AFTER);
        return !asking && due && (open == 0 || unexplained);
    }

    /** The health once the store was asked. */
    StoreHealth asked() {
        return new StoreHealth(verdict, stall, true, 0, failure, well);
    }

    /**
     * The health once the store has answered.
     *
     * @param how empty when well
     * @param open transactions taken and not stored
     */
    StoreHealth answered(String how, long open) {
        int times = how.isEmpty() ? well + 1 : 0;
        boolean fine = how.isEmpty() && (verdict != Verdict.SILENT || times >= MENDED_AFTER);
        Verdict next = open > 0 ? verdict : fine ? Verdict.FINE : Verdict.SILENT;
        return new StoreHealth(next, stall, false, 0, how, times);
    }

    /** What is wrong, for people; empty when nothing is. */
    String reason() {
        String because = failure.isEmpty() ? "" : ": " + failure;
        return switch (verdict) {
            case FINE -> "";
            case SILENT -> "the store does not answer" + because;
            case STALLED -> "nothing stored for " + StallWatch.LIMIT.toSeconds() + " s" + because;
        };
    }
}
