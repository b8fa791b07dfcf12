package dev.wsmesh.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object from a node, which may be older or newer than this program: any field may be missing, and any may be new.
 *
 * @param values by their names
 */
record Fields(Map<String, @Nullable Object> values) {

    static final Fields NONE = new Fields(Map.of());

    /** The fields of a value; none if it is no object. */
    static Fields of(@Nullable Object json) {
        if (!(json instanceof Map<?, ?> map)) {
            return NONE;
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        map.forEach((name, value) -> values.put(String.valueOf(name), value));
        return new Fields(values);
    }

    /** The objects in a list: the value itself, or what has this name in it. */
    static List<Fields> each(@Nullable Object json, String name) {
        Object array = json instanceof Map<?, ?> map ? map.get(name) : json;
        List<Fields> all = new ArrayList<>();
        if (array instanceof List<?> list) {
            list.forEach(each -> all.add(of(each)));
        }
        return all;
    }

    /** The first of these fields that is there, as text; empty if none is. */
    String text(String... names) {
        Object value = value(names);
        return value == null ? "" : value.toString();
    }

    /** The first of these fields that is there and a number; null if none is. */
    @Nullable
    Double number(String... names) {
        return value(names) instanceof Number number ? number.doubleValue() : null;
    }

    /** The first of these fields that is there; null if none is. */
    @Nullable
    Object value(String... names) {
        for (String name : names) {
            Object value = values.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
