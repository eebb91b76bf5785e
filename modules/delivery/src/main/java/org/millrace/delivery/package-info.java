/**
 * From agent to collector: ordered lanes, many batches under way within a window that the collector
 * grants, cumulative acknowledgement, redelivery after a break. {@link
 * org.millrace.delivery.Delivery} is the protocol and the type to read first. On the agent {@link
 * org.millrace.delivery.LaneDispatcher} takes from a channel and sends, told by {@link
 * org.millrace.delivery.CollectorDirectory} which collectors there are; on the collector {@link
 * org.millrace.delivery.Receivers} receives, one {@code Receiver} a lane.
 */
package org.millrace.delivery;
