/** Tests of the command line. */
@NullMarked
package dev.wsmesh.cli;

import org.jspecify.annotations.NullMarked;
