/**
 * What happens to events between a source, or a receiver, and the channels: interceptors change
 * them, a selector says into which channels they go. Pure functions on batches. {@link
 * org.millrace.flow.InterceptorChain} is the type to read first.
 */
package org.millrace.flow;
