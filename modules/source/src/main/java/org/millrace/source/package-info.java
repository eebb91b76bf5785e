/**
 * Where events come from. {@link org.millrace.source.EventSource} is what a source offers and the
 * type to read first; {@link org.millrace.source.SourceRunner} feeds the channels from it. Each kind
 * of source has a package of its own.
 */
package org.millrace.source;
