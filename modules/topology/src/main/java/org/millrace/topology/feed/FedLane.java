package org.millrace.topology.feed;

import java.nio.file.Path;
import org.millrace.topology.Node;
import org.millrace.topology.Topology;

/**
 * A source that reads a spool directory.
 *
 * @param name a word that its lines begin with
 * @param spool the directory
 */
public record FedLane(String name, Path spool) {
    /** The source of an agent, named as the agent. */
    public static FedLane of(Topology topology, Node agent) {
        return new FedLane(agent.name(), topology.spool(agent));
    }
}
