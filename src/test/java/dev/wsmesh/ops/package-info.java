/** What operators see, without a node. */
@NullMarked
package dev.wsmesh.ops;

import org.jspecify.annotations.NullMarked;
