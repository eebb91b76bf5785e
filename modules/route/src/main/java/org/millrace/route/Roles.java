package org.millrace.route;

import java.util.Collection;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The cluster roles of Millrace's nodes. A collector's priority and a node's name are roles too, since
 * roles travel with membership itself: no second look-up can disagree with it.
 */
public final class Roles {
    /** The role of every agent. */
    public static final String AGENT = "agent";

    /** The role of every collector. */
    public static final String COLLECTOR = "collector";

    /** No collector's priority is above. */
    public static final int HIGHEST_PRIORITY = 1_000_000;

    private static final String PRIORITY = "priority-";

    private static final String NODE = "node-";

    private Roles() {}

    /**
     * The role that names a collector's priority.
     *
     * @param priority 0 or more; agents use the highest that has a usable collector
     */
    public static String priority(int priority) {
        return PRIORITY + priority;
    }

    /** The priority that a member's roles name; nothing where none of them does. */
    public static OptionalInt priorityOf(Collection<String> roles) {
        for (String role : roles) {
            if (role.startsWith(PRIORITY)) {
                try {
                    return OptionalInt.of(Integer.parseInt(role.substring(PRIORITY.length())));
                } catch (NumberFormatException e) {
                    return OptionalInt.empty();
                }
            }
        }
        return OptionalInt.empty();
    }

    /** The role that says a node's name, by which others know whose files it left. */
    public static String node(String name) {
        return NODE + name;
    }

    /** The name that a member's roles say; nothing where none of them does. */
    public static Optional<String> nodeOf(Collection<String> roles) {
        return roles.stream()
                .filter(role -> role.startsWith(NODE))
                .map(role -> role.substring(NODE.length()))
                .findFirst();
    }
}
