@NullMarked
package dev.wsmesh.gateway.listener;

import org.jspecify.annotations.NullMarked;
