/**
 * Counters and gauges of every part of a node. {@link org.millrace.telemetry.Telemetry} is the type
 * to read first.
 */
package org.millrace.telemetry;
