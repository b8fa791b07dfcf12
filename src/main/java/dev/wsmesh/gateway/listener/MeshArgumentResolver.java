package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Message;
import dev.wsmesh.node.Position;
import dev.wsmesh.protocol.Topic;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

/** Arguments of the mesh's own types; and texts and bytes, which may be empty, as Spring's resolver does not allow. */
final class MeshArgumentResolver implements HandlerMethodArgumentResolver {

    private static final Set<Class<?>> OURS = Set.of(Message.class, Position.class, Topic.class);
    private static final Set<Class<?>> PLAIN = Set.of(String.class, byte[].class);

    private final MessageConverter converter;

    MeshArgumentResolver(MessageConverter converter) {
        this.converter = converter;
    }

    static boolean isOurs(MethodParameter parameter) {
        return OURS.contains(parameter.getParameterType());
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return isOurs(parameter) || (PLAIN.contains(parameter.getParameterType()) && isWhole(parameter));
    }

    @Override
    public @Nullable Object resolveArgument(
            MethodParameter parameter, org.springframework.messaging.Message<?> message) {
        Message original = ((DeliveredMessage) message).original();
        Class<?> type = parameter.getParameterType();
        if (type == Message.class) {
            return original;
        }
        if (type == Position.class) {
            return original.position();
        }
        return type == Topic.class ? original.topic() : converter.fromMessage(message, type);
    }

    /** An expression asks for a part of the payload. */
    private static boolean isWhole(MethodParameter parameter) {
        @Nullable Payload annotation = parameter.getParameterAnnotation(Payload.class);
        return annotation == null || annotation.expression().isEmpty();
    }
}
