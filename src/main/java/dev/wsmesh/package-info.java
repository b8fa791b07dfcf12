/** The node as a program of its own: the entry point that joins the command line to the Spring application. */
@NullMarked
package dev.wsmesh;

import org.jspecify.annotations.NullMarked;
