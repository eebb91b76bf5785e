/**
 * Everything on one machine: Kafka, HDFS, collectors and an agent, each a process of its own, for the
 * quickstart, the benchmark and the system tests. {@link org.millrace.topology.Topology} is the type
 * to read first; what the stores hold in the end is read with {@link
 * org.millrace.topology.KafkaReader} and {@link org.millrace.topology.HdfsReader} and compared with
 * what went in by {@link org.millrace.topology.ExpectedLines}.
 */
package org.millrace.topology;
