package dev.wsmesh.node;

/** What a subscription delivers, in order. */
public sealed interface Delivery permits Message, Gap, Mark {}
