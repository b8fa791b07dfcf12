package dev.wsmesh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where the nodes of a {@link CabledMesh} run. */
interface LedgerHost {

    /** The address of this machine at which they reach its ports. */
    String address();

    /** Starts a node of this number that can be reached at this port of this machine. */
    LedgerProcess start(Path directory, String ledger, int number, int port, long secondsAhead, List<String> arguments)
            throws IOException;

    /** Makes it stand still, as a machine without memory does. */
    void halt(int number, LedgerProcess node) throws IOException, InterruptedException;

    void goOn(int number, LedgerProcess node) throws IOException, InterruptedException;

    /** Nothing of it is left behind. */
    void end() throws IOException, InterruptedException;

    /** As processes of this machine. */
    final class OfThisMachine implements LedgerHost {

        @Override
        public String address() {
            return "localhost";
        }

        @Override
        public LedgerProcess start(
                Path directory, String ledger, int number, int port, long secondsAhead, List<String> arguments)
                throws IOException {
            return LedgerProcess.start(directory, ledger, port, secondsAhead, arguments);
        }

        @Override
        public void halt(int number, LedgerProcess node) throws IOException, InterruptedException {
            node.signal("STOP");
        }

        @Override
        public void goOn(int number, LedgerProcess node) throws IOException, InterruptedException {
            node.signal("CONT");
        }

        @Override
        public void end() {}
    }

    /** In containers, which reach each other by this machine only. */
    final class InContainers implements LedgerHost {

        private final LedgerContainers containers = new LedgerContainers();

        InContainers() throws IOException, InterruptedException {}

        @Override
        public String address() {
            return containers.gateway();
        }

        @Override
        public LedgerProcess start(
                Path directory, String ledger, int number, int port, long secondsAhead, List<String> arguments)
                throws IOException {
            return LedgerProcess.start(
                    directory, ledger, containers.runCommandAt(port, name(number), directory), secondsAhead, arguments);
        }

        @Override
        public void halt(int number, LedgerProcess node) throws IOException, InterruptedException {
            containers.pause(name(number));
        }

        @Override
        public void goOn(int number, LedgerProcess node) throws IOException, InterruptedException {
            containers.goOn(name(number));
        }

        @Override
        public void end() throws IOException, InterruptedException {
            containers.remove();
        }

        private static String name(int number) {
            return "node" + number;
        }
    }
}
