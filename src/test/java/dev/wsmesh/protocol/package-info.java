/** Each rule of the protocol, one at a time, on one node among scripted peers. */
@NullMarked
package dev.wsmesh.protocol;

import org.jspecify.annotations.NullMarked;
