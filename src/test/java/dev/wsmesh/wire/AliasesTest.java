package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.StreamId;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AliasesTest {
    private final FrameEncoder encoder = new FrameEncoder(Limits.DEFAULT.frameBytes());
    private final FrameDecoder decoder = new FrameDecoder(Limits.DEFAULT);

    @Test
    void aStreamIsWrittenInFullOnlyOnce() throws WireException {
        Frame frame = Frame.of(new Message.Have(Samples.STREAM, 1, 5), new Message.Prune(Samples.STREAM));
        byte[] first = encoder.encode(frame);
        byte[] second = encoder.encode(frame);

        assertThat(first.length - second.length).isEqualTo(29);
        assertThat(decoder.decode(first)).isEqualTo(frame);
        assertThat(decoder.decode(second)).isEqualTo(frame);
    }

    @Test
    void eachLinkHasNamesOfItsOwn() {
        Frame frame = Frame.of(new Message.Prune(Samples.STREAM));
        encoder.encode(Frame.of(new Message.Prune(Samples.OTHER_STREAM)));

        assertThat(new FrameEncoder(Limits.DEFAULT.frameBytes()).encode(frame)).isEqualTo(Golden.bytes("prune"));
    }

    @Test
    void aLinkThatMeetsMoreStreamsThanTheTableHoldsNamesThemAnew() throws WireException {
        for (int round = 0; round < 5; round++) {
            Frame frame = digest(round * 10_000L, 10_000);

            assertThat(decoder.decode(encoder.encode(frame))).isEqualTo(frame);
        }
        Frame again = digest(0, 10_000);
        assertThat(decoder.decode(encoder.encode(again))).isEqualTo(again);
    }

    @Test
    void aNameMayBeGivenANewMeaning() throws WireException {
        decoder.decode(Golden.bytes("two-streams"));

        assertThat(decoder.decode(Golden.bytes("prune"))).isEqualTo(Frame.of(new Message.Prune(Samples.STREAM)));
        assertThat(decoder.decode(Golden.bytes("by-alias")))
                .isEqualTo(Frame.of(new Message.Graft(Samples.OTHER_STREAM, 9)));
    }

    @Test
    void aNameThatSkipsOthersIsRefused() {
        byte[] bytes = Raw.field(3, Raw.field(1, 2), Raw.field(2, new byte[16]));

        WireException refusal = Refusal.of(() -> decoder.decode(bytes));

        assertThat(refusal.violation()).isEqualTo(Violation.STREAM_ALIASES);
        assertThat(refusal.limit()).isEqualTo(1);
    }

    private static Frame digest(long firstEpoch, int streams) {
        return new Frame(LongStream.range(firstEpoch, firstEpoch + streams)
                .<Message>mapToObj(epoch -> new Message.Have(new StreamId(Samples.ANNE.id(), epoch), 1, 0))
                .toList());
    }
}
