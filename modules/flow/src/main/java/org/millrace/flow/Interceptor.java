package org.millrace.flow;

import java.util.Optional;
import org.millrace.event.EventBatch;

/**
 * Changes the events of a batch. A pure function: the same batch gives the same result, whenever and
 * wherever, since a batch that is delivered again passes again. Called by one actor at a time.
 */
@FunctionalInterface
public interface Interceptor {
    /**
     * The batch as it goes on: with other headers or bodies, or fewer events, never more, at positions
     * that they had; nothing where no event is left. So the difference in size is the number of events
     * that were filtered out, and a caller can count them.
     */
    Optional<EventBatch> intercept(EventBatch batch);
}
