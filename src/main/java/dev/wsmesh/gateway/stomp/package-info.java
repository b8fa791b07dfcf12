/** STOMP over WebSocket: for clients of a node, and between the brokers of applications that have their own. */
@NullMarked
package dev.wsmesh.gateway.stomp;

import org.jspecify.annotations.NullMarked;
