package dev.wsmesh.simulation;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shows that the simulation's invariants bite: breaks a copy of the core in one way after another, and fails if a bug lives
 * through a batch of scenarios. Run in the project's directory, with nothing but a JDK 25:
 *
 * <pre>java src/test/java/dev/wsmesh/simulation/Bites.java [FIRST_SEED SCENARIOS [WORD OF ABOUT]]</pre>
 */
public final class Bites {
    private static final Path SOURCES = Path.of("src/main/java/dev/wsmesh");
    private static final Path SIMULATION = Path.of("src/test/java/dev/wsmesh/simulation");
    private static final Path BUGS = Path.of("src/test/resources/dev/wsmesh/simulation/bugs.txt");

    /** All that the core and the simulation need beyond the JDK, and only to be compiled. */
    private static final List<String> ANNOTATIONS = List.of("Nullable", "NullMarked");

    private record Replacement(Path file, String find, String put) {}

    private record Bug(String about, String what, List<Replacement> replacements) {}

    private final String firstSeed;
    private final String scenarios;
    private int failures;

    private Bites(String firstSeed, String scenarios) {
        this.firstSeed = firstSeed;
        this.scenarios = scenarios;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Bites bites =
                new Bites(arguments.length > 1 ? arguments[0] : "5000", arguments.length > 1 ? arguments[1] : "40");
        String word = arguments.length > 2 ? arguments[2] : "";
        if (word.isEmpty()) {
            bites.check(new Bug("", "the core as it is", List.of()), false);
        }
        for (Bug bug : read()) {
            if (bug.about.contains(word)) {
                bites.check(bug, true);
            }
        }
        System.exit(bites.failures == 0 ? 0 : 1);
    }

    private static List<Bug> read() throws IOException {
        List<Bug> bugs = new ArrayList<>();
        for (String paragraph : Files.readString(BUGS).split("\n\n", -1)) {
            if (paragraph.startsWith("about:")) {
                bugs.add(parse(paragraph));
            }
        }
        return bugs;
    }

    private static Bug parse(String paragraph) {
        String about = "";
        String what = "";
        String file = "";
        String find = "";
        List<Replacement> replacements = new ArrayList<>();
        for (String line : paragraph.lines().toList()) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            switch (line.substring(0, line.indexOf(':'))) {
                case "about" -> about = value;
                case "bug" -> what = value;
                case "file" -> file = value;
                case "find" -> find = value;
                case "put" -> replacements.add(new Replacement(Path.of(file), find, value));
                default -> throw new IllegalArgumentException(line);
            }
        }
        return new Bug(about, what, replacements);
    }

    private void check(Bug bug, boolean toBeCaught) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("bites");
        try {
            String verdict = judge(bug, directory, toBeCaught);
            System.out.println(verdict + " | " + bug.about + " | " + bug.what);
        } finally {
            delete(directory);
        }
    }

    private String judge(Bug bug, Path directory, boolean toBeCaught) throws IOException, InterruptedException {
        copy(directory);
        for (Replacement replacement : bug.replacements) {
            String problem = apply(replacement, directory);
            if (!problem.isEmpty()) {
                failures++;
                return "NOT APPLIED, " + problem;
            }
        }
        if (compile(directory) != 0) {
            failures++;
            return "NOT COMPILED";
        }
        List<String> said = run(directory);
        boolean caught = said.getLast().startsWith("-D");
        failures += caught == toBeCaught ? 0 : 1;
        if (!caught) {
            return toBeCaught ? "NOT CAUGHT" : "passes";
        }
        return (toBeCaught ? "caught: " : "FAILS: ") + shortened(said.getLast());
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), 160));
    }

    private static void copy(Path directory) throws IOException {
        for (String room : List.of("protocol", "wire")) {
            copyJava(SOURCES.resolve(room), directory.resolve("src").resolve(room));
        }
        copyJava(SIMULATION, directory.resolve("src/simulation"));
        for (String annotation : ANNOTATIONS) {
            Path stub = directory.resolve("src/org/jspecify/annotations/" + annotation + ".java");
            Files.createDirectories(stub.getParent());
            String targets = annotation.equals("Nullable") ? "TYPE_USE" : "PACKAGE";
            Files.writeString(
                    stub,
                    "package org.jspecify.annotations; @java.lang.annotation.Target(java.lang.annotation.ElementType."
                            + targets + ") public @interface " + annotation + " {}");
        }
    }

    private static void copyJava(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".java") && !name.endsWith("Test.java")) {
                    Files.copy(file, to.resolve(name));
                }
            }
        }
    }

    /** What is wrong with the replacement, if anything is. */
    private static String apply(Replacement replacement, Path directory) throws IOException {
        Path file = directory.resolve("src").resolve(replacement.file);
        String source = Files.exists(file) ? Files.readString(file) : "";
        int at = source.indexOf(replacement.find);
        if (at < 0 || source.indexOf(replacement.find, at + 1) >= 0) {
            return (at < 0 ? "gone from " : "more than once in ") + replacement.file + ": " + replacement.find;
        }
        Files.writeString(
                file, source.substring(0, at) + replacement.put + source.substring(at + replacement.find.length()));
        return "";
    }

    private static int compile(Path directory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(tool("javac"), "-nowarn", "-proc:none", "-d", "classes"));
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(each -> each.toString().endsWith(".java")).forEach(each -> command.add(each.toString()));
        }
        Process javac = start(directory, command);
        String said = new String(javac.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = javac.waitFor();
        if (code != 0) {
            System.out.println(said);
        }
        return code;
    }

    private List<String> run(Path directory) throws IOException, InterruptedException {
        Process java = start(
                directory,
                List.of(tool("java"), "-cp", "classes", "dev.wsmesh.simulation.Batch", firstSeed, scenarios));
        List<String> said = new ArrayList<>(List.of("nothing"));
        java.inputReader().lines().forEach(said::add);
        java.waitFor();
        return said;
    }

    private static Process start(Path directory, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static String tool(String name) {
        return System.getProperty("java.home") + File.separator + "bin" + File.separator + name;
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
                try {
                    Files.delete(visited);
                } catch (IOException notEmpty) {
                    throw new UncheckedIOException(notEmpty);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
