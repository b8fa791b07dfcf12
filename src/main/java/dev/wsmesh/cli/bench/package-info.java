/** Measures a mesh of real nodes on this machine: one process leads, the others are the nodes. */
@NullMarked
package dev.wsmesh.cli.bench;

import org.jspecify.annotations.NullMarked;
