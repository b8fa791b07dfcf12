package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.websocket.OutgoingQueue.Offer;
import org.junit.jupiter.api.Test;

class OutgoingQueueTest {

    private final OutgoingQueue queue = new OutgoingQueue(3, 10);

    @Test
    void texts_come_out_in_the_order_they_went_in() throws Exception {
        queue.offer(OutgoingText.of("a"));
        queue.offer(OutgoingText.of("b"));
        assertThat(queue.take()).isEqualTo(OutgoingText.of("a"));
        assertThat(queue.take()).isEqualTo(OutgoingText.of("b"));
        assertThat(queue.messages()).isZero();
        assertThat(queue.bytes()).isZero();
    }

    @Test
    void the_message_bound_is_exact() {
        for (int i = 0; i < 3; i++) {
            assertThat(queue.offer(OutgoingText.of(""))).isEqualTo(Offer.QUEUED);
        }
        assertThat(queue.offer(OutgoingText.of(""))).isEqualTo(Offer.FULL);
        assertThat(queue.messages()).isEqualTo(3);
    }

    @Test
    void the_byte_bound_is_exact_and_counts_utf8() {
        assertThat(queue.offer(OutgoingText.of("\u20ac\u20ac"))).isEqualTo(Offer.QUEUED);
        assertThat(queue.offer(OutgoingText.of("12345"))).isEqualTo(Offer.FULL);
        assertThat(queue.offer(OutgoingText.of("1234"))).isEqualTo(Offer.QUEUED);
        assertThat(queue.bytes()).isEqualTo(10);
    }

    @Test
    void a_text_larger_than_the_byte_bound_enters_an_empty_queue_and_no_other() {
        OutgoingText large = OutgoingText.of("larger than ten");
        assertThat(queue.offer(large)).isEqualTo(Offer.QUEUED);
        assertThat(queue.offer(OutgoingText.of(""))).isEqualTo(Offer.FULL);
    }

    @Test
    void a_draining_queue_gives_what_it_has_and_then_ends() throws Exception {
        queue.offer(OutgoingText.of("last"));
        queue.drain();
        assertThat(queue.offer(OutgoingText.of("late"))).isEqualTo(Offer.NOT_OPEN);
        assertThat(queue.take()).isEqualTo(OutgoingText.of("last"));
        assertThat(queue.take()).isNull();
    }

    @Test
    void a_closed_queue_says_how_much_it_threw_away_once() throws Exception {
        queue.offer(OutgoingText.of("a"));
        queue.offer(OutgoingText.of("b"));
        assertThat(queue.close()).isEqualTo(2);
        assertThat(queue.close()).isZero();
        assertThat(queue.take()).isNull();
        assertThat(queue.offer(OutgoingText.of("c"))).isEqualTo(Offer.NOT_OPEN);
    }
}
