package org.millrace.route;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.millrace.event.LaneId;
import org.millrace.event.SplitMix64;
import org.millrace.route.CollectorView.Path;

/**
 * Chooses the collector of a lane: the highest tier that has a usable and ready collector; inside
 * the tier the one that rendezvous hashing gives the lane. One that is only joining must be the last hope.
 * A lane that is nowhere waits for a higher tier that has yet to give its first answer, which at the start of
 * all may come a moment after that of a lower one.
 *
 * <p>While nobody is ready (every collector waits for the same store, say) a lane stays where it
 * is, or, having no place, goes to the best usable collector: moving would help nothing and store
 * twice what only one store has.
 *
 * <p>Rendezvous hashing (Thaler and Ravishankar, 1998): each collector gets a score from a hash of
 * its address and the lane, the highest wins. So a collector that joins or goes moves only the
 * lanes that it wins or had.
 */
public final class RouteDecision {
    private RouteDecision() {}

    /**
     * The collector that {@code lane} should use now; nothing when none is usable.
     *
     * @param current the collector that the lane uses, if any
     */
    public static Optional<CollectorId> decide(
            Collection<CollectorView> collectors, LaneId lane, Optional<CollectorId> current) {
        List<CollectorView> usable =
                collectors.stream().filter(CollectorView::usable).toList();
        if (usable.isEmpty()) {
            return onlyHope(collectors, current);
        }
        if (usable.stream().anyMatch(CollectorView::ready)) {
            List<CollectorView> ready = usable.stream()
                    .filter(view -> view.ready() || (view.storesAnswer() && !isElsewhere(current, view)))
                    .toList();
            return orYetToAnswer(best(ready, lane), collectors, current);
        }
        boolean currentUsable = usable.stream().anyMatch(view -> isAt(current, view));
        return currentUsable ? current : orYetToAnswer(best(usable, lane), collectors, current);
    }

    /** One that settles is no reason to move; a lane that is nowhere moves in any case. */
    private static boolean isElsewhere(Optional<CollectorId> current, CollectorView view) {
        return current.isPresent() && !isAt(current, view);
    }

    private static boolean isAt(Optional<CollectorId> current, CollectorView view) {
        return current.equals(Optional.of(view.id()));
    }

    /** Nothing, for a lane that is nowhere, while a better one than the one found has yet to give its first answer. */
    private static Optional<CollectorId> orYetToAnswer(
            CollectorView found, Collection<CollectorView> collectors, Optional<CollectorId> current) {
        boolean wait = current.isEmpty()
                && collectors.stream()
                        .filter(view -> view.path() == Path.UNKNOWN && view.mayBecomeUsable())
                        .anyMatch(view -> view.priority() > found.priority());
        return wait ? Optional.empty() : Optional.of(found.id());
    }

    /**
     * One that answers while it is joining, when there is no other that could be waited for: what is between
     * joining and up is the cluster's own affair. Where there is another, who happens to answer first must not
     * get the lanes that belong to the other tier.
     */
    private static Optional<CollectorId> onlyHope(Collection<CollectorView> collectors, Optional<CollectorId> current) {
        List<CollectorView> hopes =
                collectors.stream().filter(CollectorView::mayBecomeUsable).toList();
        return hopes.stream()
                .filter(CollectorView::alive)
                .filter(view -> hopes.size() == 1 || isAt(current, view))
                .map(CollectorView::id)
                .findFirst();
    }

    private static CollectorView best(List<CollectorView> candidates, LaneId lane) {
        return Collections.max(
                candidates,
                Comparator.comparingInt(CollectorView::priority)
                        .thenComparingLong(view -> score(view.id().address(), lane))
                        .thenComparing(view -> view.id().address())
                        // Two runs on one address: the cluster is about to drop the older; either will do.
                        .thenComparingLong(view -> view.id().uid()));
    }

    /** Uniform over lanes, and the same on every node and in every run. */
    static long score(String address, LaneId lane) {
        CRC32C hash = new CRC32C();
        hash.update((address + "|" + lane).getBytes(StandardCharsets.UTF_8));
        // CRC is linear, so scores of similar addresses would be related.
        return SplitMix64.mix(hash.getValue()) >>> 1;
    }
}
