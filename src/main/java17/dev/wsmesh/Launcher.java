package dev.wsmesh;

import java.lang.reflect.InvocationTargetException;

/**
 * Where the executable jar begins: says in one line if this Java is too old for the rest. The only class that older
 * versions can read, so it finds the program by name.
 */
public final class Launcher {

    private static final int NEEDED = 25;

    private Launcher() {}

    /** Runs the program, or ends the process with exit code 1. */
    public static void main(String[] args) throws Throwable {
        if (Runtime.version().feature() < NEEDED) {
            System.err.println("wsmesh: Java " + NEEDED + " or later is needed; this is Java " + Runtime.version().feature()
                    + " in " + System.getProperty("java.home") + ": start it with the java of a newer JDK");
            System.exit(1);
        }
        try {
            Class.forName("dev.wsmesh.WsmeshApplication")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
