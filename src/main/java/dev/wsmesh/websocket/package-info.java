/** WebSocket sessions with peers: accepting, dialling, the registry, bounded outgoing queues and close codes. */
@NullMarked
package dev.wsmesh.websocket;

import org.jspecify.annotations.NullMarked;
