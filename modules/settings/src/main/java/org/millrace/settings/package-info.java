/**
 * Reads typed settings out of HOCON and collects every mistake instead of stopping at the first.
 * {@link org.millrace.settings.ConfigSection} is the type to read first; {@link
 * org.millrace.settings.ConfigFile} reads the file of a node.
 */
package org.millrace.settings;
