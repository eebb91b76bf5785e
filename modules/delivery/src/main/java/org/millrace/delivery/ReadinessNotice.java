package org.millrace.delivery;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import org.millrace.route.CollectorView;
import org.millrace.route.CollectorView.Membership;
import org.millrace.route.CollectorView.Path;

/**
 * What an agent says in its log when no collector is ready: once, with the reason, when it has been so
 * for a while; again only when the reason has been another for a while; and once when one is ready again.
 * Knows no actor and no time; somebody looks at regular intervals.
 */
final class ReadinessNotice {
    /** A reason holds for as many looks before it is told: a failover is none. */
    static final int TELL_AFTER = 8;

    private String told = "";
    private String reason = "";
    private int looks;

    /**
     * Looks at all collectors that the cluster lists.
     *
     * @return what to say now
     */
    Optional<String> look(Collection<CollectorView> collectors) {
        String now = reason(collectors);
        looks = now.equals(reason) ? looks + 1 : 1;
        reason = now;
        if (now.isEmpty()) {
            boolean toldBefore = !told.isEmpty();
            told = "";
            return toldBefore ? Optional.of("a collector is ready again") : Optional.empty();
        }
        if (looks < TELL_AFTER || now.equals(told)) {
            return Optional.empty();
        }
        told = now;
        return Optional.of(now + "; events wait, and no more are read when the channels are full");
    }

    /** Whether what was said last holds: no collector is ready. */
    boolean isTrouble() {
        return !told.isEmpty();
    }

    /** Why no collector is ready; empty when one is. */
    static String reason(Collection<CollectorView> collectors) {
        if (collectors.stream().anyMatch(CollectorView::ready)) {
            return "";
        }
        return collectors.isEmpty()
                ? "no collector is in the cluster yet"
                : collectors.stream()
                        .map(view -> view.id() + " " + state(view))
                        .collect(Collectors.joining(", ", "no collector is ready: ", ""));
    }

    private static String state(CollectorView view) {
        if (view.membership() == Membership.GOING) {
            return "is leaving";
        }
        if (view.path() == Path.UNKNOWN) {
            return view.membership() == Membership.JOINING ? "is joining" : "has not answered yet";
        }
        if (!view.alive()) {
            return "is unreachable";
        }
        if (view.membership() == Membership.JOINING) {
            return "is joining";
        }
        return switch (view.readiness()) {
            case READY, SETTLING -> "has just become ready";
            case DRAINING -> "is draining";
            case WAITING -> "is not ready: a store does not answer";
        };
    }
}
