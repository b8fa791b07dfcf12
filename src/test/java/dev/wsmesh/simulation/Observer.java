package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Output;

/** Sees everything that happens, from outside the nodes. */
interface Observer {
    default void onStarted(SimulatedNode node) {}

    default void onStopped(SimulatedNode node) {}

    default void onOutput(SimulatedNode node, Output output) {}

    default void onSent(SimulatedNode from, SimulatedNode to, Frame frame) {}

    /**
     * One input was handled and its outputs were carried out. Not told of a link that has room, or makes progress, where the
     * core had nothing to say to it: a third of all events, after which the node is as it was.
     */
    default void afterEvent(SimulatedNode node, Input input) {}
}
