/**
 * The benchmark: how fast lines get through an agent and collectors into Kafka and HDFS, how long each
 * takes, and what it costs. {@link org.millrace.topology.bench.Bench} is the program, {@link
 * org.millrace.topology.bench.Course} what it does.
 */
package org.millrace.topology.bench;
