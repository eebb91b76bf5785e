/**
 * Runs real servers and nodes as processes of their own, for tests, the quickstart and the
 * benchmark. {@link org.millrace.trial.JavaProcess} is the type to read first.
 */
package org.millrace.trial;
