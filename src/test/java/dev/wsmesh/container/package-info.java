/** Tests of the image that the Dockerfile describes, in real containers. */
@NullMarked
package dev.wsmesh.container;

import org.jspecify.annotations.NullMarked;
