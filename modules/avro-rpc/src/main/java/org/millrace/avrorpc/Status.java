package org.millrace.avrorpc;

/** A server's answer to a batch; names and order are those of the protocol. */
public enum Status {
    /** The server has the batch. */
    OK,
    /** The server does not have the batch; the client sends it again, here or elsewhere. */
    FAILED,
    /** The server does not say; Flume's clients take it for a failure. */
    UNKNOWN
}
