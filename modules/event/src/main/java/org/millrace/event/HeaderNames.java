package org.millrace.event;

/** Names of the headers that sources set and that other parts of Millrace read. */
public final class HeaderNames {
    /**
     * Which part of a line that was too long for one event this event is: 1 for the first. Absent
     * where the event is a whole line.
     */
    public static final String LINE_PART = "line-part";

    /** How many parts the line has; 2 or more, and always set together with {@link #LINE_PART}. */
    public static final String LINE_PARTS = "line-parts";

    private HeaderNames() {}
}
