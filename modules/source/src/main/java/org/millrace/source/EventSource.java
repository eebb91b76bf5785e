package org.millrace.source;

import org.apache.pekko.stream.javadsl.Source;
import org.millrace.event.EventBatch;

/** A place where events come from, as a {@link SourceRunner} uses it. */
public interface EventSource {
    /** The source's name on its agent. */
    String name();

    /**
     * The events that are not committed yet, in the order of their positions, and whatever follows.
     * Each call gives a new stream; at most one runs at a time. It does no blocking work on the
     * default dispatcher. A failure with {@link SourceRefusedException} is final: somebody has to mend
     * something; after any other the stream is run again.
     */
    Source<EventBatch, SourceControl> stream();
}
