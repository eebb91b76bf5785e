/**
 * How a node's Pekko cluster is set up. {@link org.millrace.clusterconfig.ClusterConfig} is the type to
 * read first, {@code millrace-cluster.conf} the values with their reasons; {@link
 * org.millrace.clusterconfig.NodeProgram} runs a node as a program of its own.
 */
package org.millrace.clusterconfig;
