/**
 * Which collector a lane uses, as pure code that knows no actor. {@link
 * org.millrace.route.RouteDecision} is the type to read first.
 */
package org.millrace.route;
