/**
 * What every sink shares. {@link org.millrace.sink.Store} is what a store offers and the type to
 * read first; {@link org.millrace.sink.SinkRunner} takes from a channel, lets the store store, and
 * commits; {@link org.millrace.sink.DeadLetters} keeps what a store can never take.
 */
package org.millrace.sink;
