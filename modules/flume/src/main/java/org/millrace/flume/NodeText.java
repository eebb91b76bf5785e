package org.millrace.flume;

import java.nio.file.Path;
import java.util.List;

/** The sections {@code node} and {@code cluster}, which no Flume file has. */
final class NodeText {
    private static final String STATE = "/var/lib/millrace/";

    private final NodeOptions options;
    private final Hosts hosts;
    private final FlumeAgent agent;
    private final HoconText out;

    NodeText(NodeOptions options, Hosts hosts, FlumeAgent agent, HoconText out) {
        this.options = options;
        this.hosts = hosts;
        this.agent = agent;
        this.out = out;
    }

    /**
     * Writes both.
     *
     * @param host the name of this host
     * @param bindHost the address to listen on, where it differs; empty for the same
     * @param seedNodes whom it asks where no option says so
     * @param whySeedNodes why these; empty where nobody need wonder
     */
    void write(String host, String bindHost, List<String> seedNodes, String whySeedNodes) {
        writeAlone(host);
        out.open("cluster", "");
        out.put(
                "host",
                HoconText.quoted(hosts.resolve(options.clusterHost().orElse(host))),
                options.clusterHost().isPresent() ? "--cluster-host" : agent.where());
        if (!bindHost.isEmpty()) {
            out.put("bind-host", HoconText.quoted(bindHost), agent.where());
        }
        out.comment("The cluster's port, not Flume's Avro RPC port.");
        out.put("port", Integer.toString(options.clusterPort()), "--cluster-port");
        seedNodes(seedNodes, whySeedNodes);
        out.close();
    }

    /** Writes {@code node} alone, for an agent that joins no cluster. */
    void writeAlone(String host) {
        String node = options.node().orElse(nameOf(options.clusterHost().orElse(host)));
        out.open("node", "");
        out.comment("Unique in the cluster, and the same after every restart.");
        put("node.name", "name", node, options.node().isPresent(), "--node", "it is the name of the host");
        String state = options.stateDirectory().map(Path::toString).orElse(STATE + node);
        put(
                "node.state-directory",
                "state-directory",
                state,
                options.stateDirectory().isPresent(),
                "--state-directory",
                "Flume keeps its state elsewhere; this must be writable and survive a restart");
        out.close();
    }

    private void seedNodes(List<String> otherwise, String why) {
        out.comment("Whom a starting node asks to let it in: the same list on every node.");
        if (!options.seedNodes().isEmpty()) {
            List<String> resolved =
                    options.seedNodes().stream().map(hosts::resolveHostAndPort).toList();
            out.put("seed-nodes", HoconText.quoted(resolved), "--seed-nodes");
            return;
        }
        List<String> seeds = otherwise.stream()
                .map(host -> hosts.resolve(host) + ":" + options.clusterPort())
                .toList();
        notice("cluster.seed-nodes", String.join(" ", seeds), why + "; --seed-nodes sets others");
        out.put("seed-nodes", HoconText.quoted(seeds), agent.where());
    }

    private void put(String fullKey, String key, String value, boolean given, String option, String why) {
        if (!given) {
            notice(fullKey, value, why + "; " + option + " sets another");
        }
        out.put(key, HoconText.quoted(value), given ? option : agent.where());
    }

    private void notice(String key, String taken, String why) {
        agent.findings().notice(new Notice(agent.where(), "millrace." + key, "", taken, why));
    }

    /** The first label of a host name; an address with hyphens. */
    private static String nameOf(String host) {
        return host.matches("[0-9.]+|.*:.*") ? host.replaceAll("[.:]", "-") : host.replaceFirst("\\..*", "");
    }
}
