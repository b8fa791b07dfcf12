package dev.wsmesh.node;

/** What waits in a subscription's queue: messages that came together, and what is told between them. */
sealed interface Waiting permits Run, Gap, Mark {}
