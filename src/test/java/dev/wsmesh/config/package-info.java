/** Tests of properties, their documentation and the failure messages. */
@NullMarked
package dev.wsmesh.config;

import org.jspecify.annotations.NullMarked;
