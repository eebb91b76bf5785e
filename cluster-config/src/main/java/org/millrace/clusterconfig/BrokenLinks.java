package org.millrace.clusterconfig;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.cluster.UniqueAddress;

/**
 * The links between two members that are both in the cluster and do not reach each other.
 *
 * <p>Nobody minds them until the cluster has to see a member off: it does not while a link is broken, and a
 * node that is restarted on its old address waits for that. Then one end of each link must go: an agent
 * sooner than a collector, which others use; then who has the more of them; then the higher address.
 *
 * @param links of these
 */
record BrokenLinks(Set<Link> links) {
    /** Two members, in no order. */
    record Link(Set<UniqueAddress> ends) {
        static Link between(UniqueAddress one, UniqueAddress other) {
            return new Link(Set.of(one, other));
        }
    }

    BrokenLinks {
        links = Set.copyOf(links);
    }

    /** Those between members that are in reach. */
    BrokenLinks among(Sides sides) {
        Set<UniqueAddress> reached = sides.reached();
        return new BrokenLinks(
                links.stream().filter(link -> reached.containsAll(link.ends())).collect(Collectors.toSet()));
    }

    /** The ends that must go, so that no link is left. */
    Set<UniqueAddress> givingWay(Sides sides) {
        Set<Link> left = new HashSet<>(links);
        Set<UniqueAddress> going = new HashSet<>();
        while (!left.isEmpty()) {
            UniqueAddress next = next(left, sides.collectors());
            left.removeIf(link -> link.ends().contains(next));
            going.add(next);
        }
        return going;
    }

    private static UniqueAddress next(Set<Link> left, Set<UniqueAddress> collectors) {
        Map<UniqueAddress, Long> broken = left.stream()
                .flatMap(link -> link.ends().stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return broken.keySet().stream()
                .max(Comparator.comparing((UniqueAddress end) -> !collectors.contains(end))
                        .thenComparing(broken::get)
                        .thenComparing(end -> end.address().toString()))
                .orElseThrow();
    }
}
