/** The command line: the node itself and the commands beside it. */
@NullMarked
package dev.wsmesh.cli;

import org.jspecify.annotations.NullMarked;
