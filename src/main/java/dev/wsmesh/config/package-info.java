/** Properties and bean wiring; imported by no other room. */
@NullMarked
package dev.wsmesh.config;

import org.jspecify.annotations.NullMarked;
