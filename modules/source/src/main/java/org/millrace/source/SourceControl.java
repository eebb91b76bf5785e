package org.millrace.source;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.millrace.event.Position;

/** Takes acknowledgements back to a running source. Thread-safe. */
public interface SourceControl {
    /**
     * Everything of the source up to and including {@code upTo} is stored by every required sink.
     * Cumulative: positions in between need not be named, and an older one changes nothing.
     *
     * <p>A source that keeps its progress on disk may write it a moment later. A crash before that only means that these
     * events are sent once more. Has no effect after the source has ended: who wants to stop without
     * sending again stops pulling, waits for the last commits, and cancels then.
     */
    void committed(Position upTo);

    /**
     * Everything of the source up to and including {@code upTo} is in every channel that requires it.
     * Cumulative. A source whose origin is kept until its events are committed has no use for it.
     */
    default void accepted(Position upTo) {}

    /**
     * The source will not be asked for anything any more; what was emitted may still be committed before
     * it is cancelled. A source that others wait for can send them elsewhere.
     */
    default void finishing() {}

    /**
     * Completed when the source has ended, for whatever reason, its files are closed and its
     * progress is on disk; another source may then use the same state. Fails when the progress could
     * not be written, or when the source could not start.
     */
    CompletionStage<Done> stopped();
}
