package org.millrace.source.spool;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the oldest files of those it is offered, up to a limit, in bounded memory. */
final class OldestFiles {
    private final int limit;
    /** The youngest on top: the one to give way. */
    private final PriorityQueue<Candidate> kept = new PriorityQueue<>(Candidate.OLDEST_FIRST.reversed());

    OldestFiles(int limit) {
        this.limit = limit;
    }

    void offer(Candidate candidate) {
        if (kept.size() < limit) {
            kept.add(candidate);
        } else if (Candidate.OLDEST_FIRST.compare(candidate, kept.element()) < 0) {
            kept.remove();
            kept.add(candidate);
        }
    }

    /** What was kept, oldest first. */
    List<Candidate> inOrder() {
        List<Candidate> ordered = new ArrayList<>(kept);
        ordered.sort(Candidate.OLDEST_FIRST);
        return ordered;
    }
}
