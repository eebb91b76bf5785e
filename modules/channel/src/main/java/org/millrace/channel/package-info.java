/**
 * The bounded buffer between a source and a sink. {@link org.millrace.channel.Channel} is the
 * protocol and the type to read first; {@link org.millrace.channel.ChannelMailbox} is the buffer
 * itself; {@link org.millrace.channel.ChannelSource} lets a stream take from it.
 */
package org.millrace.channel;
