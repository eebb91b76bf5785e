package org.millrace.topology;

/** Takes lines as a reader finds them in a store. */
public interface Lines {
    /** What comes next is in an order of its own: a partition, a file. */
    void begin(String sequence);

    /**
     * A line, without its end.
     *
     * @param buffer holds it only for the time of the call
     */
    void line(byte[] buffer, int offset, int length);
}
