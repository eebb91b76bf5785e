package org.millrace.source;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.millrace.event.Position;

/** Takes acknowledgements back to a running source. Thread-safe. */
public interface SourceControl {
    /** Everything of the source up to here is stored by every required sink: it may be forgotten. */
    void committed(Position upTo);

    /** Completes when the stream has ended and what it has to remember is on disk. */
    CompletionStage<Done> stopped();
}
