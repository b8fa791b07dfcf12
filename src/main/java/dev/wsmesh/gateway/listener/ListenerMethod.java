package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.messaging.support.GenericMessage;

/** A method that listens: for messages, or for gaps. */
final class ListenerMethod {

    private static final GenericMessage<String> NO_MESSAGE = new GenericMessage<>("");

    private final String name;
    private final ListenerSettings settings;
    private final InvocableHandlerMethod method;
    private final boolean forGaps;
    private final String payloadType;

    private ListenerMethod(
            String name,
            ListenerSettings settings,
            InvocableHandlerMethod method,
            boolean forGaps,
            String payloadType) {
        this.name = name;
        this.settings = settings;
        this.method = method;
        this.forGaps = forGaps;
        this.payloadType = payloadType;
    }

    /**
     * A method of a bean.
     *
     * @param name says to people which one it is
     * @throws IllegalArgumentException if it cannot listen with these parameters
     */
    static ListenerMethod of(
            String name, ListenerSettings settings, Object bean, Method method, MessageHandlerMethodFactory factory) {
        InvocableHandlerMethod invocable = factory.createInvocableHandlerMethod(bean, method);
        boolean forGaps = List.of(method.getParameterTypes()).contains(Gap.class);
        if (forGaps && method.getParameterCount() > 1) {
            throw new IllegalArgumentException("a Gap comes in the place of a message, never with one;"
                    + " give it a method of its own, with the same pattern and the Gap as its only parameter");
        }
        List<String> payloads = Arrays.stream(invocable.getMethodParameters())
                .filter(ListenerMethod::isPayload)
                .map(parameter -> parameter.getParameterType().getSimpleName())
                .toList();
        if (payloads.size() > 1) {
            throw new IllegalArgumentException("a message has one payload, not " + payloads.size() + " ("
                    + String.join(", ", payloads) + "); annotate what is a header with @Header");
        }
        return new ListenerMethod(
                name,
                settings,
                invocable,
                forGaps,
                payloads.isEmpty() ? payloadOfMessage(invocable) : payloads.getFirst());
    }

    /** How people call a method. */
    static String describe(String bean, Method method) {
        String parameters = Arrays.stream(method.getParameters())
                .map(Parameter::getType)
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", "));
        return method.getDeclaringClass().getSimpleName() + "." + method.getName() + "(" + parameters + ") of bean '"
                + bean + "'";
    }

    String name() {
        return name;
    }

    ListenerSettings settings() {
        return settings;
    }

    boolean isForGaps() {
        return forGaps;
    }

    String payloadType() {
        return payloadType;
    }

    void call(Message message) throws Exception {
        Object _ = method.invoke(new DeliveredMessage(message));
    }

    void call(Gap gap) throws Exception {
        Object _ = method.invoke(NO_MESSAGE, gap);
    }

    private static boolean isPayload(MethodParameter parameter) {
        Class<?> type = parameter.getParameterType();
        return !MeshArgumentResolver.isOurs(parameter)
                && type != Gap.class
                && !org.springframework.messaging.Message.class.isAssignableFrom(type)
                && !org.springframework.messaging.MessageHeaders.class.isAssignableFrom(type)
                && !org.springframework.messaging.support.MessageHeaderAccessor.class.isAssignableFrom(type)
                && !parameter.hasParameterAnnotation(Header.class)
                && !(parameter.hasParameterAnnotation(Headers.class) && Map.class.isAssignableFrom(type));
    }

    /** Where the payload is asked for as that of a Spring message. */
    private static String payloadOfMessage(InvocableHandlerMethod method) {
        return Arrays.stream(method.getMethodParameters())
                .filter(parameter ->
                        org.springframework.messaging.Message.class.isAssignableFrom(parameter.getParameterType()))
                .map(parameter -> parameter.getGenericParameterType().getTypeName())
                .findFirst()
                .orElse("nothing");
    }
}
