/** What a node is to the program around it: publishing, subscriptions, the periodic broadcast, and the ports it needs. */
@NullMarked
package dev.wsmesh.node;

import org.jspecify.annotations.NullMarked;
