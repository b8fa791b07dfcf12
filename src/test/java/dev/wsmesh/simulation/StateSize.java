package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Settings;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The bytes of all objects that are reached from one, as HotSpot lays them out with compressed references: a header of 12 bytes
 * (16 for arrays), the fields, rounded up to 8. It is the same on every run, and counts what nodes share in the simulator but
 * would not share in earnest, such as the bytes of records. Not counted: settings, classes, enums and lambdas.
 *
 * <p>The JDK's collections are looked into: {@code --add-opens java.base/java.util=ALL-UNNAMED} and the same for {@code java.lang}.
 */
final class StateSize {
    private static final int HEADER = 12;
    private static final int ARRAY_HEADER = 16;
    private static final int REFERENCE = 4;
    private static final int ALIGNMENT = 8;

    private record Shape(int bytes, List<Field> references) {}

    private static final Map<Class<?>, Shape> SHAPES = new HashMap<>();

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private long bytes;

    private StateSize() {}

    static long of(Object root) {
        StateSize size = new StateSize();
        size.reach(root);
        while (!size.waiting.isEmpty()) {
            size.weigh(size.waiting.remove());
        }
        return size.bytes;
    }

    private void reach(Object object) {
        boolean shared = object instanceof Enum<?>
                || object instanceof Class<?>
                || object instanceof Settings
                || object.getClass().isHidden();
        if (!shared && seen.add(object)) {
            waiting.add(object);
        }
    }

    private void weigh(Object object) {
        Class<?> type = object.getClass();
        if (type.isArray()) {
            weighArray(object, type.getComponentType());
            return;
        }
        Shape shape = SHAPES.computeIfAbsent(type, StateSize::shapeOf);
        bytes += shape.bytes();
        for (Field field : shape.references()) {
            try {
                Object value = field.get(object);
                if (value != null) {
                    reach(value);
                }
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void weighArray(Object array, Class<?> component) {
        int length = Array.getLength(array);
        bytes += aligned(ARRAY_HEADER + (long) length * sizeOf(component));
        if (!component.isPrimitive()) {
            for (Object each : (Object[]) array) {
                if (each != null) {
                    reach(each);
                }
            }
        }
    }

    private static Shape shapeOf(Class<?> type) {
        int size = HEADER;
        List<Field> references = new ArrayList<>();
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                size += sizeOf(field.getType());
                if (!field.getType().isPrimitive()) {
                    field.setAccessible(true);
                    references.add(field);
                }
            }
        }
        return new Shape((int) aligned(size), references);
    }

    private static int sizeOf(Class<?> type) {
        if (type == long.class || type == double.class) {
            return Long.BYTES;
        }
        if (type == byte.class || type == boolean.class) {
            return Byte.BYTES;
        }
        if (type == short.class || type == char.class) {
            return Short.BYTES;
        }
        return type == int.class || type == float.class ? Integer.BYTES : REFERENCE;
    }

    private static long aligned(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
