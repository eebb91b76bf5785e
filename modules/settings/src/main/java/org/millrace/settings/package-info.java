/**
 * Reads typed settings out of HOCON and collects every mistake instead of stopping at the first.
 * {@link org.millrace.settings.ConfigSection} is the type to read first.
 */
package org.millrace.settings;
