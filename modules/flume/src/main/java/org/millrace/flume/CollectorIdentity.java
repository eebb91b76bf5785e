package org.millrace.flume;

import java.util.List;
import java.util.Optional;

/** A collector's priority and the seed nodes: by options, by the agents' file, or by themselves. */
final class CollectorIdentity {
    private final NodeOptions options;
    private final List<CollectorTiers.Collector> known;
    private final String host;
    private final Findings findings;
    private final String file;

    /**
     * @param known the collectors that the agents' file names
     * @param host the host of this one, as its file names it
     */
    CollectorIdentity(
            NodeOptions options, List<CollectorTiers.Collector> known, String host, Findings findings, String file) {
        this.options = options;
        this.known = known;
        this.host = host;
        this.findings = findings;
        this.file = file;
    }

    List<String> seedHosts() {
        return known.isEmpty()
                ? List.of(options.clusterHost().orElse(host))
                : known.stream().map(CollectorTiers.Collector::host).toList();
    }

    String whySeedHosts() {
        return known.isEmpty()
                ? "the file does not name the other collectors, so this one makes a cluster of its own; where there are"
                        + " more, give all nodes the same list, or --agent-conf with the agents' Flume file"
                : "the collectors that the agents' file names, on the cluster's port";
    }

    String placeOfPriority() {
        return options.priority().isPresent()
                ? "--priority"
                : own().map(collector -> collector.hostname().where()).orElse(file);
    }

    long priority() {
        if (options.priority().isPresent()) {
            return options.priority().get();
        }
        Optional<CollectorTiers.Collector> own = own();
        if (own.isEmpty() && !known.isEmpty()) {
            findings.problem(
                    known.get(0).hostname().file(),
                    "--agent-conf",
                    "no Avro sink leads to '" + host + "', the host of this collector; --priority sets its priority");
        }
        long priority = own.map(CollectorTiers.Collector::priority).orElse(0L);
        findings.notice(new Notice(
                placeOfPriority(),
                "millrace.collector.priority",
                "",
                Long.toString(priority),
                own.isPresent()
                        ? "the agents' sink groups say so"
                        : "agents that run a Flume file go by their own sink groups; for others --priority or --agent-conf"
                                + " sets it"));
        return priority;
    }

    private Optional<CollectorTiers.Collector> own() {
        return known.stream()
                .filter(collector -> collector.host().equals(host)
                        || options.clusterHost()
                                .filter(collector.host()::equals)
                                .isPresent())
                .findFirst();
    }
}
