package org.millrace.source.spool;

import java.nio.file.Path;

/** Another source, of this process or of another one, works with the same state. */
public final class StateInUseException extends SpoolStateException {
    StateInUseException(Path lock) {
        super("another agent uses the state of this source: " + PathText.shown(lock)
                + " is locked. Stop that agent, or give this one a state directory of its own");
    }
}
