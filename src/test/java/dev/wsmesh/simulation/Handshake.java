package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Output;

/** From a dial to the moment at which the acceptor admits: three ways across the network. */
final class Handshake {
    final SimulatedNode from;
    final SimulatedNode to;
    final int fromRun;
    final Output.Dial dial;
    /** Another one, the other way round, ran at the same time for a while. */
    boolean overlapped;

    private final int toRun;

    Handshake(SimulatedNode from, SimulatedNode to, Output.Dial dial) {
        this.from = from;
        this.to = to;
        this.fromRun = from.run();
        this.toRun = to.run();
        this.dial = dial;
    }

    void begin() {
        from.handshakes.add(this);
        for (Handshake other : to.handshakes) {
            if (other.to == from) {
                other.overlapped = true;
                overlapped = true;
            }
        }
    }

    void end() {
        from.handshakes.remove(this);
    }

    boolean isBetweenTheSameRuns() {
        return from.isRunning(fromRun) && to.isRunning(toRun);
    }
}
