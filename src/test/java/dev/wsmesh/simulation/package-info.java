/** A seeded network in virtual time that runs the production core: faults, ledgers outside the nodes, and invariants. */
@NullMarked
package dev.wsmesh.simulation;

import org.jspecify.annotations.NullMarked;
