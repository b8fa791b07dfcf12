/** The seed's program as a test double over plain sockets, and the raw WebSocket it is made of. */
@NullMarked
package dev.wsmesh.seed;

import org.jspecify.annotations.NullMarked;
