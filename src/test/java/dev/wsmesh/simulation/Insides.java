package dev.wsmesh.simulation;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Map;

/**
 * What a core keeps and tells nobody, not even in its view: read out of its fields, as {@link StateSize} does, so that the core need
 * not show it. A field that is no longer there fails every scenario.
 */
final class Insides {
    private Insides() {}

    /** What is kept at the end of this way of fields; of a map, its values. It goes on to change as the core changes it. */
    static Collection<?> at(Object core, String... fields) {
        Object at = core;
        for (String field : fields) {
            at = get(field(at.getClass(), field), at);
        }
        return at instanceof Map<?, ?> map ? map.values() : (Collection<?>) at;
    }

    static Field fieldOfLink(String name) {
        try {
            return field(Class.forName("dev.wsmesh.protocol.Link"), name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Field field(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(type + " has no " + name, e);
        }
    }

    static Object get(Field field, Object from) {
        try {
            Object value = field.get(from);
            if (value == null) {
                throw new IllegalStateException(field + " holds nothing");
            }
            return value;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
