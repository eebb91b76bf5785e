/**
 * Flume's configuration files: read with all their oddities, and said again in Millrace's words. {@link
 * org.millrace.flume.Translation} is the type to read first; {@code census.txt} says for every component
 * and property of Flume 1.11 what becomes of it.
 */
package org.millrace.flume;
