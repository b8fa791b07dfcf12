package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Overflow;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls a method of a singleton bean with what is published on some topics, on whichever node.
 *
 * <p>The method may have these parameters, in any order, and none is needed:
 *
 * <ul>
 *   <li>one for the payload: {@code String} and {@code byte[]} whatever the content type is, any other type by Spring's message
 *       converters, JSON among them; {@code @Payload} may stand before it;
 *   <li>{@link dev.wsmesh.node.Message}, {@link dev.wsmesh.node.Position}, {@link dev.wsmesh.protocol.Topic};
 *   <li>Spring's {@code Message<T>}, {@code @Header("name")}, {@code @Headers}; {@link MeshHeaders} names those of the mesh.
 * </ul>
 *
 * <p>A method with a {@link dev.wsmesh.node.Gap} as its only parameter is told what the message methods of the same bean and the
 * same pattern miss, where it would have stood; without such methods it has a subscription of its own. A gap for which there is
 * no method is a warning in the log.
 *
 * <p>The methods are called once the application has started, and not while it stops. What a method returns is not used. What it
 * throws goes to the {@link MeshListenerErrorHandler}, and the next message comes all the same. All attributes may have
 * placeholders like <code>${orders.topic}</code>.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface MeshListener {

    /** Topics: words separated by dots, where {@code *} stands for one word and a last {@code >} for the rest. */
    String value();

    /**
     * How many messages are handled at the same time, from 1 to 256. The messages of one publisher are handled one after
     * another, in their order, whatever this is; so more than there are publishers are of no use.
     */
    String concurrency() default "1";

    /** What becomes of messages for which the method is too slow, once its queue is full. They are a gap in any case. */
    Overflow overflow() default Overflow.DROP_NEWEST;

    /** How many messages may wait; {@code mesh.subscriptions.queue-messages} if it is empty. */
    String queueMessages() default "";

    /** How many bytes may wait, like {@code 8MB}; {@code mesh.subscriptions.queue-bytes} if it is empty. */
    String queueBytes() default "";

    /**
     * How much of the past comes first, like {@code 30s}: of what this node retains when the bean is made, and of what it is
     * delivered when it joins. Without {@code mesh.retention.replay-on-join} that is nothing, so that this is for beans that are
     * made later.
     */
    String replay() default "";

    /**
     * Whether what this node publishes itself is left out, as <i>No Local</i> in MQTT and JMS: for a method that would do again what
     * the publishing code has done, like clearing a cache.
     */
    boolean noLocal() default false;

    /**
     * The name of the {@link MeshListenerErrorHandler} for this method; if it is empty the only bean of that type counts, and
     * without one failures are logged.
     */
    String errorHandler() default "";
}
