/**
 * High availability, shown: a topology of five nodes whose parts are killed, frozen, stopped and cut off
 * while lines go through it, and what the stores then have. {@link org.millrace.topology.drill.Drill} is
 * the program, {@link org.millrace.topology.drill.Scenarios} what it carries out.
 */
package org.millrace.topology.drill;
