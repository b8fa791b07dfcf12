package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishReceipt;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.util.ClassUtils;

/**
 * Publishes once the transaction of the calling thread has been committed, in the order in which it was asked for, and never if
 * it is rolled back, or back to a savepoint before. The payload is converted at once, so what cannot be converted fails while the
 * transaction still can. Publishing happens on the thread that commits, and waits there as the options say. Thread-safe.
 */
public final class AfterCommit {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            AfterCommit.class.getClassLoader());

    private final MeshTemplate template;
    private final Mesh mesh;
    private final WithoutTransaction otherwise;

    /** What to do where no transaction is under way. */
    public enum WithoutTransaction {
        /** Publish at once. */
        PUBLISH,
        /** Throw an {@link IllegalStateException}: it would be a mistake. */
        FAIL
    }

    AfterCommit(MeshTemplate template, Mesh mesh, WithoutTransaction otherwise) {
        this.template = template;
        this.mesh = mesh;
        this.otherwise = otherwise;
    }

    /** Publishes in the usual way; see {@link #convertAndSend(String, Object, SendOptions)}. */
    public CompletableFuture<PublishReceipt> convertAndSend(String topic, Object payload) {
        return convertAndSend(topic, payload, SendOptions.DEFAULT);
    }

    /** Publishes with headers; see {@link #convertAndSend(String, Object, SendOptions)}. */
    public CompletableFuture<PublishReceipt> convertAndSend(String topic, Object payload, Map<String, String> headers) {
        return convertAndSend(topic, payload, new SendOptions("", headers, SendOptions.DEFAULT.publishing()));
    }

    /**
     * Publishes after the commit.
     *
     * @return where it stands, once it is published; cancelled if the transaction is not committed. That publishing failed is in
     *     the log, too, for the transaction is over and nobody may look here.
     * @throws org.springframework.messaging.converter.MessageConversionException if no converter can write the payload
     * @throws IllegalArgumentException if the topic is none
     * @throws IllegalStateException if there is no transaction and {@link WithoutTransaction#FAIL} was asked for
     */
    public CompletableFuture<PublishReceipt> convertAndSend(String topic, Object payload, SendOptions options) {
        Publication publication = template.publication(topic, payload, options);
        if (TRANSACTIONS && PublishOnCommit.isInTransaction()) {
            return PublishOnCommit.register(mesh, publication);
        }
        return switch (otherwise) {
            case PUBLISH -> CompletableFuture.completedFuture(mesh.publish(publication));
            case FAIL ->
                throw new IllegalStateException("no transaction is under way that a message on " + topic
                        + " could wait for; open one, or ask for WithoutTransaction.PUBLISH");
        };
    }
}
