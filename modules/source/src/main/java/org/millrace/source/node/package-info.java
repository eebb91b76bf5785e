/**
 * The sources of a node, of any kind: {@link org.millrace.source.node.SourceSettings} reads what a
 * configuration says of one, {@link org.millrace.source.node.Sources} keeps them running.
 */
package org.millrace.source.node;
