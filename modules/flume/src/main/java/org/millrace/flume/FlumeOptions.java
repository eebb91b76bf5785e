package org.millrace.flume;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options that go with a Flume file: which agent of it, and what no Flume file says. */
class FlumeOptions {
    @Option(names = "--name", required = true, paramLabel = "NAME", description = "the agent in the Flume file")
    private String name;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description = "the node's name in the cluster; otherwise the name of its host")
    private String node;

    @Option(
            names = "--state-directory",
            paramLabel = "DIR",
            description = "where it keeps what must survive a restart; otherwise /var/lib/millrace/NODE")
    private Path stateDirectory;

    @Option(
            names = "--cluster-host",
            paramLabel = "HOST",
            description = "how the other nodes reach it; otherwise the address that a collector binds to, or this host")
    private String clusterHost;

    @Option(
            names = "--cluster-port",
            paramLabel = "PORT",
            defaultValue = "" + NodeOptions.DEFAULT_PORT,
            description = "the cluster's port; otherwise ${DEFAULT-VALUE}")
    private int clusterPort = NodeOptions.DEFAULT_PORT;

    @Option(
            names = "--seed-nodes",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "whom it asks to join the cluster, the same on all nodes; otherwise the collectors that the"
                    + " agents' Avro sinks name")
    private List<String> seedNodes = new ArrayList<>();

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "a collector's priority, for agents that do not give it one of their own; otherwise what"
                    + " --agent-conf says, or 0")
    private Integer priority;

    @Option(
            names = "--agent-conf",
            paramLabel = "FILE",
            description = "for a collector: the agents' Flume file, which names all collectors and their priorities")
    private Path agentConf;

    @Option(
            names = "--hosts",
            paramLabel = "FILE",
            description = "addresses of host names, as in /etc/hosts; the system knows the others")
    private Path hosts;

    @Option(
            names = "--hadoop-conf",
            paramLabel = "DIR",
            description = "where core-site.xml and hdfs-site.xml lie, for HDFS sinks")
    private Path hadoopConf;

    @Option(
            names = "--flume-collectors",
            paramLabel = "HOST",
            split = ",",
            description =
                    "for an agent: the collectors that run Flume; Avro sinks that name them speak Flume's protocol,"
                            + " and all others lead to collectors of the cluster")
    private Set<String> flumeCollectors = new LinkedHashSet<>();

    Translation translate(Path file, Optional<FlumeKind> kind) {
        NodeOptions options = new NodeOptions(
                Optional.ofNullable(node),
                Optional.ofNullable(stateDirectory),
                Optional.ofNullable(clusterHost),
                clusterPort,
                List.copyOf(seedNodes),
                Optional.ofNullable(priority),
                Optional.ofNullable(agentConf),
                Optional.ofNullable(hosts),
                Optional.ofNullable(hadoopConf),
                Set.copyOf(flumeCollectors));
        return Translation.of(file, name, kind, options, Surroundings.ofThisProcess());
    }
}
