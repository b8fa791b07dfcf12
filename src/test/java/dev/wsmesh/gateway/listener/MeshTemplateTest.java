package dev.wsmesh.gateway.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wsmesh.node.Position;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.protocol.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.SmartTransactionObject;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What the template makes of objects, and when it publishes them. */
class MeshTemplateTest {

    record Order(String id, int amount) {}

    private final FakeMesh mesh = new FakeMesh();
    private final MeshTemplate template =
            new MeshTemplate(mesh, new MeshMessageConverter(new JacksonJsonMessageConverter()));
    private final TransactionTemplate transactions = new TransactionTemplate(new Transactions());

    @Test
    void texts_and_bytes_go_as_they_are_and_records_as_json() {
        PublishReceipt receipt = template.convertAndSend("a", "\u00fc");
        template.convertAndSend("b", new byte[] {1, 2});
        template.convertAndSend("c", new Order("o-1", 3), Map.of("Trace", "42"));
        assertThat(receipt.position()).isEqualTo(new Position(FakeMesh.SELF, 1));
        assertThat(mesh.published())
                .extracting(Publication::contentType)
                .containsExactly("text/plain;charset=UTF-8", "application/octet-stream", "application/json");
        assertThat(texts().getFirst()).isEqualTo("\u00fc");
        assertThat(mesh.published().get(1).payload().toArray()).containsExactly(1, 2);
        assertThat(texts().getLast()).isEqualTo("{\"id\":\"o-1\",\"amount\":3}");
        assertThat(mesh.published().getLast().headers()).containsExactly(new Header("Trace", "42"));
    }

    @Test
    void options_say_the_content_type_and_how_it_is_published() {
        PublishOptions publishing = PublishOptions.DEFAULT.acknowledgedBy(1);
        SendOptions options = SendOptions.DEFAULT
                .as("text/csv;charset=ISO-8859-1")
                .withHeader("A", "1")
                .withHeader("B", "2")
                .with(publishing);
        template.convertAndSend("a", "\u00fc", options);
        Publication published = mesh.published().getFirst();
        assertThat(published.contentType()).isEqualTo("text/csv;charset=ISO-8859-1");
        assertThat(published.payload().toArray()).containsExactly(0xfc);
        assertThat(published.headers()).containsExactly(new Header("A", "1"), new Header("B", "2"));
        assertThat(published.options()).isEqualTo(publishing);
    }

    @Test
    void what_nobody_can_write_is_refused_and_not_published_half() {
        assertThatExceptionOfType(MessageConversionException.class)
                .isThrownBy(() -> template.convertAndSend("a", new Order("x", 1), SendOptions.DEFAULT.as("image/png")))
                .withMessageContaining("$Order as 'image/png'; send a String or a byte[]");
        assertThatExceptionOfType(MessageConversionException.class)
                .isThrownBy(() -> template.convertAndSend("a", "half a \ud83d"))
                .withMessageContaining("cannot be written in UTF-8");
        assertThatIllegalArgumentException().isThrownBy(() -> template.convertAndSend("a..b", "x"));
        assertThat(mesh.published()).isEmpty();
    }

    @Test
    void what_is_asked_for_while_others_are_told_of_the_commit_is_published() {
        List<CompletableFuture<PublishReceipt>> receipts = new ArrayList<>();
        transactions.executeWithoutResult(_ -> {
            sendAfterCommit("before");
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    receipts.add(template.afterCommit().convertAndSend("a", "meanwhile"));
                }

                @Override
                public void afterCompletion(int status) {
                    receipts.add(template.afterCommit().convertAndSend("a", "last"));
                }
            });
        });
        assertThat(texts()).containsExactlyInAnyOrder("before", "meanwhile", "last");
        assertThat(receipts)
                .hasSize(2)
                .allSatisfy(receipt -> assertThat(receipt)
                        .isCompletedWithValueMatching(each -> each.position().sequence() > 1));
    }

    @Test
    void after_a_commit_everything_is_published_in_order_and_not_before() {
        List<CompletableFuture<PublishReceipt>> receipts = new ArrayList<>();
        transactions.executeWithoutResult(_ -> {
            receipts.add(template.afterCommit().convertAndSend("a", "1"));
            receipts.add(template.afterCommit().convertAndSend("a", "2"));
            template.convertAndSend("a", "at once");
            assertThat(receipts).noneMatch(CompletableFuture::isDone);
        });
        assertThat(texts()).containsExactly("at once", "1", "2");
        assertThat(receipts.getLast())
                .isCompletedWithValueMatching(receipt -> receipt.position().sequence() == 3);
    }

    @Test
    void after_a_rollback_nothing_is() {
        CompletableFuture<PublishReceipt> receipt = transactions.execute(status -> {
            status.setRollbackOnly();
            return template.afterCommit().convertAndSend("a", "1");
        });
        assertThat(receipt).isCancelled();
        assertThat(mesh.published()).isEmpty();
    }

    @Test
    void after_a_rollback_to_a_savepoint_what_was_asked_for_before_it_is() {
        List<CompletableFuture<PublishReceipt>> receipts = new ArrayList<>();
        transactions.executeWithoutResult(status -> {
            receipts.add(template.afterCommit().convertAndSend("a", "before"));
            Object savepoint = status.createSavepoint();
            receipts.add(template.afterCommit().convertAndSend("a", "between"));
            status.rollbackToSavepoint(savepoint);
            receipts.add(template.afterCommit().convertAndSend("a", "after"));
        });
        assertThat(texts()).containsExactly("before", "after");
        assertThat(receipts.get(1)).isCancelled();
    }

    @Test
    void a_transaction_within_another_publishes_at_its_own_end() {
        TransactionTemplate inner =
                new TransactionTemplate(Objects.requireNonNull(transactions.getTransactionManager()));
        inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        transactions.executeWithoutResult(outer -> {
            sendAfterCommit("outer");
            inner.executeWithoutResult(_ -> sendAfterCommit("inner"));
            assertThat(texts()).containsExactly("inner");
            outer.setRollbackOnly();
        });
        assertThat(texts()).containsExactly("inner");
    }

    @Test
    void a_failure_to_publish_does_not_look_like_one_of_the_transaction() {
        CompletableFuture<PublishReceipt> receipt =
                transactions.execute(_ -> template.afterCommit().convertAndSend("not!", "1"));
        assertThat(receipt).isCompletedExceptionally().isNotCancelled();
    }

    @Test
    void a_payload_that_cannot_be_converted_fails_while_the_transaction_can_still_be_rolled_back() {
        assertThatExceptionOfType(MessageConversionException.class)
                .isThrownBy(() -> transactions.execute(_ -> template.afterCommit()
                        .convertAndSend("a", new Order("x", 1), SendOptions.DEFAULT.as("image/png"))));
    }

    @Test
    void without_a_transaction_it_is_published_at_once_or_refused_as_was_asked() {
        assertThat(template.afterCommit().convertAndSend("a", "1", Map.of("A", "1")))
                .isCompletedWithValueMatching(receipt -> receipt.position().sequence() == 1);
        AfterCommit strict = template.afterCommit(AfterCommit.WithoutTransaction.FAIL);
        assertThatIllegalStateException()
                .isThrownBy(() -> strict.convertAndSend("a", "2"))
                .withMessageContaining("no transaction is under way");
        assertThat(texts()).containsExactly("1");
        transactions.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
        transactions.executeWithoutResult(_ -> sendAfterCommit("3"));
        assertThat(texts()).containsExactly("1", "3");
    }

    private void sendAfterCommit(String text) {
        CompletableFuture<PublishReceipt> _ = template.afterCommit().convertAndSend("a", text);
    }

    private List<String> texts() {
        return mesh.published().stream()
                .map(publication -> new String(publication.payload().toArray(), StandardCharsets.UTF_8))
                .toList();
    }

    /** Transactions of nothing, one of which may stand within another. */
    private static final class Transactions extends AbstractPlatformTransactionManager {

        private static final long serialVersionUID = 1L;

        private transient int depth;

        private final class Transaction
                implements SmartTransactionObject, org.springframework.transaction.SavepointManager {

            final boolean existing = depth > 0;

            @Override
            public boolean isRollbackOnly() {
                return false;
            }

            @Override
            public void flush() {}

            @Override
            public Object createSavepoint() {
                return new Object();
            }

            @Override
            public void rollbackToSavepoint(Object savepoint) {}

            @Override
            public void releaseSavepoint(Object savepoint) {}
        }

        @Override
        protected Object doGetTransaction() {
            return new Transaction();
        }

        @Override
        protected boolean isExistingTransaction(Object transaction) {
            return ((Transaction) transaction).existing;
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            depth++;
        }

        @Override
        protected Object doSuspend(Object transaction) {
            return transaction;
        }

        @Override
        protected void doResume(@org.jspecify.annotations.Nullable Object transaction, Object suspended) {}

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            depth--;
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            depth--;
        }
    }
}
