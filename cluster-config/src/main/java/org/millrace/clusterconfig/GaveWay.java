package org.millrace.clusterconfig;

import org.apache.pekko.actor.CoordinatedShutdown;

/**
 * Why an actor system ended: there is another cluster, and this node's had to give way.
 *
 * @param to the address of a member of the other cluster
 */
record GaveWay(String to) implements CoordinatedShutdown.Reason {}
