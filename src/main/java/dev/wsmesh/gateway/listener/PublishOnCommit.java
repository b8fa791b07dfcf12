package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishReceipt;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** One publication that waits for a transaction. The only class that needs the library of transactions. Used by one thread. */
final class PublishOnCommit implements TransactionSynchronization {

    private static final Logger log = LoggerFactory.getLogger(PublishOnCommit.class);

    private final Mesh mesh;
    private final Publication publication;
    private final CompletableFuture<PublishReceipt> receipt = new CompletableFuture<>();
    /** Those that were made after it was asked for: rolling back to one of them leaves it in. */
    private final Set<Object> laterSavepoints = Collections.newSetFromMap(new IdentityHashMap<>());

    private PublishOnCommit(Mesh mesh, Publication publication) {
        this.mesh = mesh;
        this.publication = publication;
    }

    static boolean isInTransaction() {
        return TransactionSynchronizationManager.isSynchronizationActive()
                && TransactionSynchronizationManager.isActualTransactionActive();
    }

    static CompletableFuture<PublishReceipt> register(Mesh mesh, Publication publication) {
        PublishOnCommit waiting = new PublishOnCommit(mesh, publication);
        TransactionSynchronizationManager.registerSynchronization(waiting);
        return waiting.receipt;
    }

    @Override
    public void savepoint(Object savepoint) {
        laterSavepoints.add(savepoint);
    }

    @Override
    public void savepointRollback(Object savepoint) {
        if (!laterSavepoints.contains(savepoint)) {
            receipt.cancel(false);
        }
    }

    @Override
    public void afterCommit() {
        publish();
    }

    /** One that was asked for while others were told of the commit is told of nothing but this. */
    @Override
    public void afterCompletion(int status) {
        if (status == STATUS_COMMITTED) {
            publish();
        } else {
            receipt.cancel(false);
        }
    }

    /** Throws nothing: the transaction has been committed, and its caller would think that it has not. */
    private void publish() {
        if (receipt.isDone()) {
            return;
        }
        try {
            receipt.complete(mesh.publish(publication));
        } catch (RuntimeException e) {
            log.error(
                    "the transaction has been committed, but its message on {} could not be published: {}",
                    publication.topic(),
                    e.getMessage());
            receipt.completeExceptionally(e);
        }
    }
}
