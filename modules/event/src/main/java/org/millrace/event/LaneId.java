package org.millrace.event;

/**
 * Names a lane: the ordered stream of events of one source of one agent through one channel. The
 * lane is the unit of order, of acknowledgement and of routing.
 *
 * @param agent the agent's node name, unique in the cluster
 * @param source the source's name, unique on its agent
 * @param channel the agent's channel that the lane runs through
 */
public record LaneId(String agent, String source, String channel) {
    public LaneId {
        if (agent.isEmpty() || source.isEmpty() || channel.isEmpty()) {
            throw new IllegalArgumentException(
                    "a lane needs agent, source and channel: " + agent + "/" + source + "/" + channel);
        }
    }

    @Override
    public String toString() {
        return agent + "/" + source + "/" + channel;
    }
}
