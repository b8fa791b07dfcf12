/** What an operator sees: health, the mesh endpoint and meters. */
@NullMarked
package dev.wsmesh.ops;

import org.jspecify.annotations.NullMarked;
