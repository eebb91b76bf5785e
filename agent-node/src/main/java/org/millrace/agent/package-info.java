/**
 * The agent: reads sources and delivers to the collectors of its cluster. {@link
 * org.millrace.agent.AgentNode} is the behaviour, for any program to spawn; {@link
 * org.millrace.agent.AgentMain} is the program that does nothing else.
 */
package org.millrace.agent;
