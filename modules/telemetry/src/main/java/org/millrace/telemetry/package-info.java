/**
 * Counters and gauges of every part of a node. {@link org.millrace.telemetry.Telemetry} is the type
 * to read first; {@link org.millrace.telemetry.TelemetryLog} writes them to the log.
 */
package org.millrace.telemetry;
