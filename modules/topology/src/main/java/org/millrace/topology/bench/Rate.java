package org.millrace.topology.bench;

import java.time.Duration;

/**
 * A rate to hold.
 *
 * @param linesPerSecond of all lanes together
 * @param fileEvery how often each lane gets a file
 * @param settle how long it is held before anything is measured
 * @param time how long it is measured
 */
record Rate(int linesPerSecond, Duration fileEvery, Duration settle, Duration time) {}
