package org.millrace.flow;

/** Counts the events that did not take their usual way. Thread-safe. */
public interface Tally {
    /**
     * Events were left out on purpose, and count as done.
     *
     * @param reason one of a small, fixed set, such as an interceptor's type
     */
    void dropped(String reason, int events);

    /**
     * Events went on as they were, though an interceptor was to judge or change them.
     *
     * @param reason one of a small, fixed set
     */
    void unchanged(String reason, int events);
}
