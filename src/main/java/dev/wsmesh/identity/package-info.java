/** Who a node is, and how two nodes prove it to each other before a link is up. */
@NullMarked
package dev.wsmesh.identity;

import org.jspecify.annotations.NullMarked;
