package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.SubscriptionLimits;
import java.util.Map;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.validation.ValidationUtils;
import org.springframework.validation.Validator;

/** An application of some beans, with a fake mesh in it. */
final class ListenerContext implements AutoCloseable {

    final FakeMesh mesh = new FakeMesh();
    final MeshCounters counters = new MeshCounters();
    final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    static ListenerContext with(Class<?>... beans) {
        ListenerContext listening = new ListenerContext();
        listening.context.register(beans);
        listening.context.refresh();
        return listening;
    }

    /** Not refreshed yet. */
    ListenerContext() {
        Validator validator = Validator.forInstanceOf(
                Recorder.Order.class,
                (order, errors) -> ValidationUtils.rejectIfEmpty(errors, "id", "empty", "an order has an id"));
        MessageConverter converter = new MeshMessageConverter(new JacksonJsonMessageConverter());
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("orders.topic", "orders.*", "orders.workers", "3")));
        context.registerBean(
                MeshListenerRegistrar.class,
                () -> new MeshListenerRegistrar(
                        () -> new MeshListenerRegistrar.Parts(
                                mesh, converter, validator, counters, new SubscriptionLimits(1_024, 8_000)),
                        0));
        context.registerBean(MeshTemplate.class, () -> new MeshTemplate(mesh, converter));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }
}
