/** What every way in from outside shares: who may do what, which pages may come, and tokens to go on with elsewhere. */
@NullMarked
package dev.wsmesh.gateway;

import org.jspecify.annotations.NullMarked;
