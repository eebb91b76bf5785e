/**
 * Flume's Avro RPC protocol for either end of a connection, with no opinion on threads or sockets.
 * {@link org.millrace.avrorpc.ServerSession} and {@link org.millrace.avrorpc.ClientSession} are the
 * types to read first: one connection as one end sees it. {@link org.millrace.avrorpc.Frame}s carry
 * what they say, {@link org.millrace.avrorpc.FrameAssembler} finds them in what a socket delivers.
 *
 * <p>Avro's own library for this (avro-ipc-netty) holds a thread for every request that waits for its
 * answer, reads ahead as much as a peer sends, and takes the memory that a peer's length claims; so
 * only Avro's core is used here, for the schema, its hash and the encoding.
 */
package org.millrace.avrorpc;
