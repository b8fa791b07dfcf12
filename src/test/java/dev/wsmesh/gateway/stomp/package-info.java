/** STOMP, tried with Spring's own client. */
@NullMarked
package dev.wsmesh.gateway.stomp;

import org.jspecify.annotations.NullMarked;
