/** The way in by HTTP: publishing by POST, subscribing by Server-Sent Events, and looking at the mesh. */
@NullMarked
package dev.wsmesh.gateway.http;

import org.jspecify.annotations.NullMarked;
