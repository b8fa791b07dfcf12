/** Tests of queues, backoff, URLs and texts. */
@NullMarked
package dev.wsmesh.websocket;

import org.jspecify.annotations.NullMarked;
