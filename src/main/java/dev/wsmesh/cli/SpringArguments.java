package dev.wsmesh.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The {@code --name=value} properties for Spring. What a user gave wins over what a command adds. */
final class SpringArguments {

    /** Spring's properties have a dot in their name; no option of ours has. */
    private static final Pattern PROPERTY = Pattern.compile("--[\\w-]+(\\[\\d+])?\\.[^=\\s]+(=.*)?", Pattern.DOTALL);

    private final List<String> arguments;

    SpringArguments() {
        this(List.of());
    }

    private SpringArguments(List<String> arguments) {
        this.arguments = new ArrayList<>(arguments);
    }

    static boolean isProperty(String argument) {
        return PROPERTY.matcher(argument).matches();
    }

    /** Adds a property as it was given; false if it has no value. */
    boolean add(String argument) {
        return argument.indexOf('=') >= 0 && arguments.add(argument);
    }

    /** Whether the property was given, as a whole or in parts, in whatever spelling Spring takes for it. */
    boolean has(String name) {
        return arguments.stream()
                .map(argument -> argument.substring(2).toLowerCase(Locale.ROOT))
                .anyMatch(argument -> argument.startsWith(name + "=") || argument.startsWith(name + "["));
    }

    /** These arguments and one more, unless there is one of that name. */
    SpringArguments withDefault(String name, String value) {
        SpringArguments extended = new SpringArguments(arguments);
        if (!has(name)) {
            extended.arguments.add("--" + name + "=" + value);
        }
        return extended;
    }

    List<String> toList() {
        return List.copyOf(arguments);
    }
}
