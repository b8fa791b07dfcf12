/** Bytes to frames and back: the only room that knows the encoding of {@code mesh.proto} and its limits. */
@NullMarked
package dev.wsmesh.wire;

import org.jspecify.annotations.NullMarked;
