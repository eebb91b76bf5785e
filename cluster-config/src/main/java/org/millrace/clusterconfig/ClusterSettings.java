package org.millrace.clusterconfig;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

/**
 * Where a node is in the network, and whom it asks to join the cluster.
 *
 * @param host the name or address by which the other nodes reach this one
 * @param port its port
 * @param bindHost the address that it listens on; {@code host} where none is given
 * @param seedNodes the nodes that it asks, as {@code host:port}
 */
public record ClusterSettings(String host, int port, Optional<String> bindHost, List<String> seedNodes) {
    private static final int HIGHEST_PORT = 65_535;

    /** Reads {@code millrace.cluster}. */
    public static ClusterSettings from(Config root, ConfigProblems problems) {
        ConfigSection cluster = ConfigSection.of(root, "millrace.cluster", problems);
        List<String> seedNodes = new ArrayList<>();
        for (String seed : cluster.strings("seed-nodes")) {
            if (isHostAndPort(seed)) {
                seedNodes.add(seed);
            } else {
                cluster.problem("seed-nodes", "must be host:port, such as node04:2552, is '" + seed + "'");
            }
        }
        if (cluster.strings("seed-nodes").isEmpty()) {
            cluster.problem("seed-nodes", "must name at least one node as host:port; the collectors are a good choice");
        }
        ClusterSettings settings = new ClusterSettings(
                cluster.string("host"),
                cluster.integer("port", 1, HIGHEST_PORT),
                cluster.optionalString("bind-host"),
                List.copyOf(seedNodes));
        cluster.rejectUnknownKeys();
        return settings;
    }

    /** Looks at {@code millrace.cluster} of a node that joins none: what is written there has no effect. */
    static void leaveAside(Config root, ConfigProblems problems) {
        ConfigSection cluster = ConfigSection.of(root, "millrace.cluster", problems);
        cluster.knows(List.of("host", "port", "bind-host", "seed-nodes")).rejectUnknownKeys();
        if (cluster.has("host") || cluster.has("seed-nodes")) {
            cluster.notice(
                    cluster.has("host") ? "host" : "seed-nodes",
                    "has no effect: every channel of this agent has a sink of its own, so it joins no cluster");
        }
    }

    static boolean isHostAndPort(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || text.contains("/") || text.contains("@")) {
            return false;
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return port > 0 && port <= HIGHEST_PORT;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
