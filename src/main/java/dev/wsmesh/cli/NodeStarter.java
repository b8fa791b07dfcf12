package dev.wsmesh.cli;

import java.util.List;

/** Port: starts a node inside this process. */
@FunctionalInterface
public interface NodeStarter {

    /**
     * Starts a node and returns once it takes part in the mesh.
     *
     * @param springArguments {@code --name=value} properties, which win over files and the environment
     * @throws StartFailure if it cannot start for a reason that can be told in one line
     */
    RunningNode start(List<String> springArguments) throws StartFailure;

    /** A node that could not start, and why, in one line. */
    final class StartFailure extends Exception {

        private static final long serialVersionUID = 1L;

        private final boolean usersMistake;

        /** Creates a failure; a user's mistake is something that was given wrongly, not something that went wrong. */
        public StartFailure(String message, boolean usersMistake) {
            super(message);
            this.usersMistake = usersMistake;
        }

        boolean usersMistake() {
            return usersMistake;
        }
    }
}
