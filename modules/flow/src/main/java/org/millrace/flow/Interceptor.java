package org.millrace.flow;

import java.util.Optional;
import org.millrace.event.EventBatch;

/**
 * Changes the events of a batch. A pure function: the same batch gives the same result, whenever and
 * wherever, since a batch that is delivered again passes again. Only the time and the host may come
 * in from outside.
 *
 * <p>Has no state: many threads call it at once. It does not block, since an actor calls it. One that
 * throws holds up its source, or its lane, which tries again until it does not throw; so nothing is
 * lost, but nothing goes on either.
 *
 * <p>A configuration names one of its own by class: {@code type = com.example.Mine}. The class has a
 * public constructor with one parameter, the {@link org.millrace.settings.ConfigSection} in which it
 * is named, and reads its keys from it; {@code docs/interceptors.md} shows one.
 */
@FunctionalInterface
public interface Interceptor {
    /**
     * The batch as it goes on: with other headers or bodies, or fewer events, never more, at positions
     * that they had; nothing where no event is left. What is left out is counted by the caller, with
     * the interceptor's type as the reason.
     *
     * @param tally where an interceptor counts what it could not do
     */
    Optional<EventBatch> intercept(EventBatch batch, Tally tally);
}
