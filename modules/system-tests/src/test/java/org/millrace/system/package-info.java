/**
 * Tests of the whole: real processes, a real Kafka and a real HDFS. {@link
 * org.millrace.system.RunningTopology} is the type to read first.
 */
package org.millrace.system;
