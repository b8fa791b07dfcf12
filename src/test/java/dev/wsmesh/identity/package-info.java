@NullMarked
package dev.wsmesh.identity;

import org.jspecify.annotations.NullMarked;
