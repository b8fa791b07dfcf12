package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.SubscriptionLimits;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;
import org.springframework.validation.Validator;

/**
 * Finds the {@link MeshListener} methods of beans and subscribes for them: those of the beans that there are when the application
 * has been put together, all at once; those of beans that are made later, when they are made. Thread-safe.
 */
public final class MeshListenerRegistrar
        implements BeanPostProcessor, BeanFactoryAware, SmartInitializingSingleton, SmartLifecycle, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(MeshListenerRegistrar.class);

    /** How long the listeners' present calls may take to end when the application stops. A guess. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

    private final Supplier<Parts> parts;
    private final int phase;
    private @Nullable ConfigurableBeanFactory beanFactory;

    private volatile @Nullable MessageHandlerMethodFactory methods;

    /**
     * The beans found so far; null once they have been subscribed for. Guarded by the monitor, as is what follows, which is not
     * held while beans are asked for: whoever makes one holds the bean factory's lock, and waits here.
     */
    private @Nullable List<Found> found = new ArrayList<>();

    private final List<ListenerSubscription> subscriptions = new ArrayList<>();
    private boolean running;
    private boolean closed;

    /**
     * What listeners need.
     *
     * @param validator of payloads with {@code @Valid}; null for none
     * @param usualLimits the bounds of queues that have none of their own
     */
    public record Parts(
            Mesh mesh,
            MessageConverter converter,
            @Nullable Validator validator,
            MeshCounters counters,
            SubscriptionLimits usualLimits) {}

    private record Found(Object bean, String name, Map<Method, MeshListener> methods) {}

    /**
     * Creates a registrar.
     *
     * @param parts asked for once the application has been put together, so that no bean is made too early
     * @param phase of the lifecycle: listeners are called after the start of those below it, and until these stop
     */
    public MeshListenerRegistrar(Supplier<Parts> parts, int phase) {
        this.parts = parts;
        this.phase = phase;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        beanFactory = (ConfigurableBeanFactory) factory;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        Class<?> type = AopProxyUtils.ultimateTargetClass(bean);
        if (bean instanceof AopInfrastructureBean) {
            return bean;
        }
        Map<Method, MeshListener> listeners = listenersOf(type);
        Found listening = new Found(bean, name, listeners);
        if (!listeners.isEmpty() && !keep(listening)) {
            subscribe(listening);
        }
        return bean;
    }

    /** Whether beans of this type have methods that listen. */
    public static boolean listens(Class<?> type) {
        return !listenersOf(type).isEmpty();
    }

    private static Map<Method, MeshListener> listenersOf(Class<?> type) {
        return AnnotationUtils.isCandidateClass(type, MeshListener.class)
                ? MethodIntrospector.selectMethods(type, (MethodIntrospector.MetadataLookup<MeshListener>)
                        method -> AnnotatedElementUtils.findMergedAnnotation(method, MeshListener.class))
                : Map.of();
    }

    @Override
    public void afterSingletonsInstantiated() {
        takeFound().forEach(this::subscribe);
    }

    @Override
    public synchronized void start() {
        running = true;
        subscriptions.forEach(ListenerSubscription::open);
    }

    @Override
    public void stop() {
        long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        List<ListenerSubscription> present;
        synchronized (this) {
            running = false;
            present = List.copyOf(subscriptions);
        }
        try {
            for (ListenerSubscription subscription : present) {
                if (!subscription.pause(Duration.ofNanos(deadline - System.nanoTime()))) {
                    log.warn("@MeshListener {} is still busy; it is not waited for any longer", subscription.name());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return phase;
    }

    @Override
    public synchronized void destroy() {
        closed = true;
        subscriptions.forEach(ListenerSubscription::close);
        subscriptions.clear();
    }

    /** Whether it is to be subscribed for later. */
    private synchronized boolean keep(Found bean) {
        return found != null && found.add(bean);
    }

    private synchronized List<Found> takeFound() {
        List<Found> beans = Objects.requireNonNullElse(found, List.of());
        found = null;
        return beans;
    }

    private synchronized void add(ListenerSubscription subscription) {
        subscriptions.add(subscription);
        if (closed) {
            subscription.close();
        } else if (running) {
            subscription.open();
        }
    }

    private void subscribe(Found bean) {
        List<ListenerMethod> listeners = new ArrayList<>();
        bean.methods().forEach((method, annotation) -> listeners.add(listener(bean, method, annotation)));
        List<ListenerMethod> forMessages =
                listeners.stream().filter(method -> !method.isForGaps()).toList();
        for (ListenerMethod method : forMessages) {
            subscribe(
                    method,
                    method,
                    listeners.stream()
                            .filter(other -> other.isForGaps() && pattern(other).equals(pattern(method)))
                            .toList());
        }
        for (ListenerMethod method : listeners) {
            boolean alone =
                    forMessages.stream().noneMatch(other -> pattern(other).equals(pattern(method)));
            if (method.isForGaps() && alone) {
                subscribe(method, null, List.of(method));
            }
        }
    }

    private void subscribe(ListenerMethod first, @Nullable ListenerMethod messages, List<ListenerMethod> gaps) {
        Parts present = parts.get();
        add(new ListenerSubscription(present.mesh(), messages, gaps, errorHandler(first), present.counters()));
    }

    private static String pattern(ListenerMethod method) {
        return method.settings().options().pattern().text();
    }

    private ListenerMethod listener(Found bean, Method method, MeshListener annotation) {
        String name = ListenerMethod.describe(bean.name(), method);
        try {
            if (factory().containsBean(bean.name()) && !factory().isSingleton(bean.name())) {
                throw new IllegalArgumentException(
                        "only a singleton can listen, for a subscription lasts as long as the"
                                + " application; move the method to one");
            }
            ListenerSettings settings =
                    ListenerSettings.of(annotation, this::resolved, parts.get().usualLimits());
            Method invocable =
                    AopUtils.selectInvocableMethod(method, bean.bean().getClass());
            return ListenerMethod.of(name, settings, bean.bean(), invocable, methods());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new InvalidListenerException(name, String.valueOf(e.getMessage()));
        }
    }

    private MeshListenerErrorHandler errorHandler(ListenerMethod method) {
        String name = method.settings().errorHandler();
        try {
            MeshListenerErrorHandler usual =
                    factory().getBeanProvider(MeshListenerErrorHandler.class).getIfUnique(LoggedErrors::new);
            return name.isEmpty() ? usual : factory().getBean(name, MeshListenerErrorHandler.class);
        } catch (NoSuchBeanDefinitionException e) {
            throw new InvalidListenerException(
                    method.name(),
                    "errorHandler = '" + name + "' is the name of no bean; give that of a "
                            + MeshListenerErrorHandler.class.getSimpleName());
        }
    }

    private String resolved(String text) {
        return Objects.requireNonNullElse(factory().resolveEmbeddedValue(text), "");
    }

    private ConfigurableBeanFactory factory() {
        return Objects.requireNonNull(beanFactory, "the bean factory is set first");
    }

    private MessageHandlerMethodFactory methods() {
        MessageHandlerMethodFactory present = methods;
        if (present != null) {
            return present;
        }
        Parts needed = parts.get();
        DefaultMessageHandlerMethodFactory fresh = new DefaultMessageHandlerMethodFactory();
        fresh.setBeanFactory(factory());
        fresh.setMessageConverter(needed.converter());
        fresh.setCustomArgumentResolvers(List.of(new MeshArgumentResolver(needed.converter())));
        if (needed.validator() != null) {
            fresh.setValidator(needed.validator());
        }
        fresh.afterPropertiesSet();
        methods = fresh;
        return fresh;
    }
}
