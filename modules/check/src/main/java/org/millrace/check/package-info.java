/**
 * The program {@code millrace check}: everything that a start would find wrong with a node's
 * configuration, without starting it. {@link org.millrace.check.CheckMain} is the type to read first.
 */
package org.millrace.check;
