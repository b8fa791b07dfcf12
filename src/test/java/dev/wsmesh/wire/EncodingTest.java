package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodingTest {
    @Test
    void controlIsWrittenBeforePayload() throws WireException {
        Message batch = new Message.Batch(Samples.STREAM, 1, 0, false, Samples.encoded(Samples.BARE_RECORD));
        Message ping = new Message.Ping(1);
        Message pong = new Message.Pong(2);

        byte[] bytes = new FrameEncoder(1_000).encode(Frame.of(ping, batch, pong));

        assertThat(new FrameDecoder(Limits.DEFAULT).decode(bytes)).isEqualTo(Frame.of(ping, pong, batch));
    }

    @Test
    void aFrameLargerThanThePeerAcceptsIsAFaultOfOurs() {
        Frame frame = Frame.of(new Message.Join(Samples.ANNE));

        assertThatIllegalArgumentException().isThrownBy(() -> new FrameEncoder(10).encode(frame));
    }

    @Test
    void aHandshakeMessageOnAnAdmittedLinkIsAFaultOfOurs() {
        Frame frame = Frame.of(Samples.hello());

        assertThatIllegalArgumentException().isThrownBy(() -> new FrameEncoder(1_000).encode(frame));
    }

    @Test
    void moreMessagesThanAFrameHoldsAreAFaultOfOurs() {
        Frame frame = new Frame(Collections.nCopies(32_769, new Message.Ping(0)));

        assertThatIllegalArgumentException().isThrownBy(() -> new FrameEncoder(1 << 20).encode(frame));
    }

    @Test
    void theLargestRecordHasAFrameOfItsOwn() throws WireException {
        EncodedRecord largest = recordOf(Limits.DEFAULT.recordBytes());
        Frame frame = Frame.of(new Message.Batch(
                Samples.STREAM, Limits.MOST_NUMBER - 1, ControlReader.MOST_MILLIS, true, List.of(largest)));

        byte[] bytes = new FrameEncoder(Limits.DEFAULT.frameBytes()).encode(frame);

        assertThat(new FrameDecoder(Limits.DEFAULT).decode(bytes)).isEqualTo(frame);
    }

    @Test
    void aReceivedRecordIsASliceOfTheFrameAndItsPayloadIsNot() throws WireException {
        Message batch = new FrameDecoder(Limits.DEFAULT)
                .decode(Golden.bytes("batch"))
                .messages()
                .getFirst();
        EncodedRecord record = ((Message.Batch) batch).records().getFirst();

        assertThat(record.bytes().isDetached()).isFalse();
        assertThat(Samples.RECORDS.decode(record)).isEqualTo(Samples.RECORD);
        assertThat(Samples.RECORDS.encode(Samples.RECORD).bytes().isDetached()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 100_000})
    void aRecordWithMoreHeadersThanPeersAcceptIsRefusedWhenItIsPublished(int headers) {
        MeshRecord record = withHeaders(Collections.nCopies(headers, new Header("a", "b")));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Samples.RECORDS.encode(record))
                .withMessageStartingWith("HEADERS_PER_RECORD")
                .withCauseInstanceOf(WireException.class);
    }

    @Test
    void aHeaderWithoutANameIsRefusedWhenItIsPublished() {
        MeshRecord record = withHeaders(List.of(new Header("", "b")));

        assertThatIllegalArgumentException().isThrownBy(() -> Samples.RECORDS.encode(record));
    }

    @Test
    void timesOfPublishingAreKeptToTheMicrosecond() {
        MeshRecord record = new MeshRecord(
                Samples.RECORD.topic(), Bytes.EMPTY, "", List.of(), Instant.parse("1969-12-31T23:59:59.123456789Z"));

        assertThat(Samples.RECORDS.decode(Samples.RECORDS.encode(record)).publishedAt())
                .isBetween(Instant.parse("1969-12-31T23:59:59.123456Z"), Instant.parse("1969-12-31T23:59:59.123457Z"));
    }

    @Test
    void aTimeOfPublishingBeyondReasonIsRefused() {
        MeshRecord record = new MeshRecord(Samples.RECORD.topic(), Bytes.EMPTY, "", List.of(), Instant.MAX);

        assertThatIllegalArgumentException().isThrownBy(() -> Samples.RECORDS.encode(record));
    }

    @Test
    void aHelloThatNoPeerWouldAcceptIsRefusedAtItsSender() {
        Message.Hello good = Samples.hello();
        Message.Hello nameless = new Message.Hello(
                good.versions(),
                "x".repeat(256),
                good.publicKey(),
                good.epoch(),
                good.instance(),
                good.nonce(),
                good.frameBytes(),
                good.intent(),
                good.endpoint(),
                good.secondSocket(),
                good.joins());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HandshakeCodec(Limits.DEFAULT).encode(nameless))
                .withMessageStartingWith("CLUSTER_BYTES");
    }

    private static MeshRecord withHeaders(List<Header> headers) {
        return new MeshRecord(Samples.RECORD.topic(), Bytes.EMPTY, "", headers, Instant.EPOCH);
    }

    private static EncodedRecord recordOf(int bytes) {
        int framing = Samples.RECORDS.encode(withPayload(1 << 19)).length() - (1 << 19);
        return Samples.RECORDS.encode(withPayload(bytes - framing));
    }

    private static MeshRecord withPayload(int bytes) {
        return new MeshRecord(Samples.RECORD.topic(), Bytes.wrap(new byte[bytes]), "", List.of(), Instant.EPOCH);
    }
}
