/** The mesh for an application's own beans: methods that listen, and a template that sends what they can read. */
@NullMarked
package dev.wsmesh.gateway.listener;

import org.jspecify.annotations.NullMarked;
