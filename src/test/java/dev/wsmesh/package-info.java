/** Tests of the node as a whole. */
@NullMarked
package dev.wsmesh;

import org.jspecify.annotations.NullMarked;
