/** The pure core: membership and broadcast as state machines, the log, and the values they speak in. */
@NullMarked
package dev.wsmesh.protocol;

import org.jspecify.annotations.NullMarked;
