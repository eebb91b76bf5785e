package org.millrace.flume;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a node of Millrace must know and no Flume file says.
 *
 * @param node the node's name in the cluster
 * @param stateDirectory where it keeps what must survive a restart
 * @param clusterHost the name or address by which the other nodes reach it
 * @param clusterPort the cluster's port, the same on all nodes unless {@code seedNodes} says otherwise
 * @param seedNodes whom it asks to join the cluster; empty for the collectors that the agents' file names
 * @param priority a collector's tier
 * @param agentConf the agents' Flume file, which names the collectors and their priorities
 * @param hosts addresses of host names, as in {@code /etc/hosts}
 * @param hadoopConf where the Hadoop client's files lie
 * @param flumeCollectors hosts of collectors that run Flume
 */
public record NodeOptions(
        Optional<String> node,
        Optional<Path> stateDirectory,
        Optional<String> clusterHost,
        int clusterPort,
        List<String> seedNodes,
        Optional<Integer> priority,
        Optional<Path> agentConf,
        Optional<Path> hosts,
        Optional<Path> hadoopConf,
        Set<String> flumeCollectors) {
    /** The port of the cluster where none is given. */
    public static final int DEFAULT_PORT = 2552;
}
