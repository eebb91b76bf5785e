package org.millrace.collector;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which collectors have gone from the cluster and not come back, and when it is this one's turn to
 * finish what such a one left. Looks at the members again and again; knows no actor and no clock.
 *
 * <p>How a collector went does not matter: one that left in good order has left nothing behind, and
 * one whose store hung while it left has.
 *
 * <p>Of the collectors that are up, the one with the lowest address does it, and every other one that has
 * seen the missing one does it too when it stays away for as long again: the first may have started since,
 * and know nothing of it. It goes by what each knows by itself, so at times two do it at once; that does no
 * harm.
 *
 * <p>Counts looks, not time: one that was frozen itself does not take the time it slept for the
 * absence of the others.
 */
final class MissingCollectors {
    static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /**
     * Looks in a row without a collector of that name: half a minute. A collector that is only
     * restarted is back by then and finishes its files itself; to take them from it in the middle of
     * that would gain nothing. Longer, and readers would wait for a final name without need: nobody
     * comes back any more.
     */
    static final int LOOKS = 30;

    /** More than a cluster has collectors: names that come and go for ever must not pile up. */
    private static final int MOST_REMEMBERED = 1000;

    /**
     * A collector that the cluster counts as a member, even if it cannot be reached.
     *
     * @param node its name
     * @param address where it is, the same text on all nodes
     * @param able whether it is up and can be reached
     */
    record Present(String node, String address, boolean able) {}

    private final String self;
    /** How often each was not found, those that went first in front. */
    private final Map<String, Integer> missing = new LinkedHashMap<>();

    private Set<String> present = Set.of();

    /** @param self the address of this collector */
    MissingCollectors(String self) {
        this.self = self;
    }

    /**
     * Looks once more.
     *
     * @return the names of those whose files this collector is to recover now; each is named once,
     *     until it has come back and gone again
     */
    List<String> look(Collection<Present> collectors) {
        Set<String> now = new HashSet<>();
        collectors.forEach(collector -> now.add(collector.node()));
        present.forEach(node -> missing.putIfAbsent(node, 0));
        missing.keySet().removeAll(now);
        missing.replaceAll((node, looks) -> Math.min(looks + 1, 2 * LOOKS));
        present = now;
        forgetFirst();
        return takeDue(isFirst(collectors) ? LOOKS : 2 * LOOKS);
    }

    private void forgetFirst() {
        Iterator<String> first = missing.keySet().iterator();
        while (missing.size() > MOST_REMEMBERED) {
            first.next();
            first.remove();
        }
    }

    private boolean isFirst(Collection<Present> collectors) {
        return collectors.stream()
                .filter(Present::able)
                .map(Present::address)
                .min(Comparator.naturalOrder())
                .filter(self::equals)
                .isPresent();
    }

    private List<String> takeDue(int enough) {
        List<String> due = new ArrayList<>();
        missing.forEach((node, looks) -> {
            if (looks >= enough) {
                due.add(node);
            }
        });
        missing.keySet().removeAll(due);
        return due;
    }
}
