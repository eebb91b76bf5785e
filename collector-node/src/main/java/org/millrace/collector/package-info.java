/**
 * The collector: receives from agents and stores in Kafka and HDFS. {@link
 * org.millrace.collector.CollectorNode} is the behaviour, for any program to spawn; {@link
 * org.millrace.collector.CollectorMain} is the program that does nothing else.
 */
package org.millrace.collector;
