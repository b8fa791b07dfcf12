package dev.wsmesh.node;

/** What a subscription delivers, in order. */
sealed interface Delivery permits Message, Gap {}
