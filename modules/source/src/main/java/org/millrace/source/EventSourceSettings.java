package org.millrace.source;

import org.millrace.telemetry.Telemetry;

/** How a source of one kind is configured. */
public interface EventSourceSettings {
    /** The source's name on its node. */
    String name();

    /** The source, for one run. */
    EventSource source(Telemetry telemetry);
}
