/**
 * Lines that tell where they come from and when, and what feeds them to the agents: for the drill and
 * the benchmark. {@link org.millrace.topology.feed.Feed} is the type to read first.
 */
package org.millrace.topology.feed;
