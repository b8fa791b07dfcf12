/** Tests of the node's own parts. */
@NullMarked
package dev.wsmesh.node;

import org.jspecify.annotations.NullMarked;
