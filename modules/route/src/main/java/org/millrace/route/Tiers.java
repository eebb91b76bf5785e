package org.millrace.route;

import java.util.Collection;
import java.util.Map;

/**
 * The priorities that one agent gives to collectors, which win over those that they announce.
 *
 * @param priorities by the name of a collector's node, or by the host by which the cluster reaches it; the
 *     name wins
 */
public record Tiers(Map<String, Integer> priorities) {
    /** Every collector has the priority that it announces. */
    public static final Tiers AS_ANNOUNCED = new Tiers(Map.of());

    public Tiers {
        priorities = Map.copyOf(priorities);
    }

    /**
     * The priority of a collector for this agent. Where neither the agent nor the collector names one, it
     * is 0.
     *
     * @param roles the collector's roles in the cluster, which say its name and what it announces
     * @param host the host of its address
     */
    public int priorityOf(Collection<String> roles, String host) {
        Integer ofHost = priorities.get(host);
        return Roles.nodeOf(roles)
                .map(priorities::get)
                .orElseGet(
                        () -> ofHost != null ? ofHost : Roles.priorityOf(roles).orElse(0));
    }
}
