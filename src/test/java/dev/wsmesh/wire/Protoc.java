package dev.wsmesh.wire;

import com.google.protobuf.ByteString;
import dev.wsmesh.proto.v1.Backfill;
import dev.wsmesh.proto.v1.Batch;
import dev.wsmesh.proto.v1.Control;
import dev.wsmesh.proto.v1.DigestComplete;
import dev.wsmesh.proto.v1.ForwardJoin;
import dev.wsmesh.proto.v1.Graft;
import dev.wsmesh.proto.v1.Have;
import dev.wsmesh.proto.v1.Hello;
import dev.wsmesh.proto.v1.Join;
import dev.wsmesh.proto.v1.Leave;
import dev.wsmesh.proto.v1.Miss;
import dev.wsmesh.proto.v1.Neighbor;
import dev.wsmesh.proto.v1.NeighborReply;
import dev.wsmesh.proto.v1.Ping;
import dev.wsmesh.proto.v1.Pong;
import dev.wsmesh.proto.v1.Proof;
import dev.wsmesh.proto.v1.Prune;
import dev.wsmesh.proto.v1.Record;
import dev.wsmesh.proto.v1.Shuffle;
import dev.wsmesh.proto.v1.ShuffleReply;
import dev.wsmesh.proto.v1.StreamAlias;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.StreamId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What another implementation of the protocol would be: our messages in the classes that protoc made of mesh.proto. */
final class Protoc {
    private final Map<StreamId, Integer> aliases = new HashMap<>();

    static dev.wsmesh.proto.v1.Frame of(Message.Handshake message) {
        dev.wsmesh.proto.v1.Frame.Builder frame = dev.wsmesh.proto.v1.Frame.newBuilder();
        switch (message) {
            case Message.Hello hello ->
                frame.setHello(Hello.newBuilder()
                        .addAllVersions(hello.versions())
                        .setCluster(hello.cluster())
                        .setPublicKey(bytes(hello.publicKey()))
                        .setEpoch(hello.epoch())
                        .setInstance(hello.instance())
                        .setNonce(bytes(hello.nonce()))
                        .setFrameBytes(hello.frameBytes())
                        .setIntent(dev.wsmesh.proto.v1.Intent.valueOf("INTENT_" + hello.intent()))
                        .setEndpoint(hello.endpoint())
                        .setSecondSocket(hello.secondSocket())
                        .setJoins(bytes(hello.joins())));
            case Message.Proof proof ->
                frame.setProof(Proof.newBuilder()
                        .setSignature(bytes(proof.signature()))
                        .setMac(bytes(proof.mac())));
        }
        return frame.build();
    }

    dev.wsmesh.proto.v1.Frame of(Frame frame) {
        dev.wsmesh.proto.v1.Frame.Builder built = dev.wsmesh.proto.v1.Frame.newBuilder();
        for (Message message : frame.messages()) {
            switch (message) {
                case Message.Batch batch -> built.addBatches(batch(batch, built));
                case Message.History history -> built.addHistory(history(history, built));
                case Message.Broadcast broadcast -> built.addControl(control(broadcast, built));
                case Message.Membership membership -> built.addControl(control(membership));
                case Message.Liveness liveness -> built.addControl(control(liveness));
                case Message.Handshake _ -> throw new IllegalArgumentException();
            }
        }
        return built.build();
    }

    static Record of(MeshRecord record) {
        Record.Builder built = Record.newBuilder()
                .setTopic(record.topic().name())
                .setContentType(record.contentType())
                .setPublishedAtMicros(ChronoUnit.MICROS.between(Instant.EPOCH, record.publishedAt()))
                .setPayload(bytes(record.payload()));
        record.headers()
                .forEach(header ->
                        built.addHeadersBuilder().setName(header.name()).setValue(header.value()));
        return built.build();
    }

    private Control control(Message.Broadcast message, dev.wsmesh.proto.v1.Frame.Builder frame) {
        Control.Builder built = Control.newBuilder();
        switch (message) {
            case Message.Have(var stream, var base, var contiguous) ->
                built.setHave(Have.newBuilder()
                        .setStream(alias(stream, frame))
                        .setBase(base)
                        .setContiguous(contiguous));
            case Message.Graft(var stream, var from) ->
                built.setGraft(
                        Graft.newBuilder().setStream(alias(stream, frame)).setFrom(from));
            case Message.Prune(var stream) -> built.setPrune(Prune.newBuilder().setStream(alias(stream, frame)));
            case Message.Miss(var stream, var base, var pending, var tooLarge) ->
                built.setMiss(Miss.newBuilder()
                        .setStream(alias(stream, frame))
                        .setBase(base)
                        .setPending(pending)
                        .setTooLarge(tooLarge));
            case Message.DigestComplete(var millis) ->
                built.setDigestComplete(
                        millis == Message.DigestComplete.NEVER
                                ? DigestComplete.getDefaultInstance()
                                : DigestComplete.newBuilder()
                                        .setListeningMillis(millis)
                                        .build());
            case Message.Leave(var last) -> built.setLeave(Leave.newBuilder().setLast(last));
            case Message.Backfill(var stream, var before) ->
                built.setBackfill(
                        Backfill.newBuilder().setStream(alias(stream, frame)).setBefore(before));
            case Message.Batch _, Message.History _ -> throw new IllegalArgumentException();
        }
        return built.build();
    }

    private static Control control(Message.Liveness message) {
        return switch (message) {
            case Message.Ping(var nonce) ->
                Control.newBuilder().setPing(Ping.newBuilder().setNonce(nonce)).build();
            case Message.Pong(var nonce) ->
                Control.newBuilder().setPong(Pong.newBuilder().setNonce(nonce)).build();
        };
    }

    private static Control control(Message.Membership message) {
        Control.Builder built = Control.newBuilder();
        switch (message) {
            case Message.Join(var sender) -> built.setJoin(Join.newBuilder().setSender(contact(sender)));
            case Message.ForwardJoin(var joiner, var timeToLive) ->
                built.setForwardJoin(
                        ForwardJoin.newBuilder().setJoiner(contact(joiner)).setTimeToLive(timeToLive));
            case Message.Neighbor(var high, var sender) ->
                built.setNeighbor(Neighbor.newBuilder().setHigh(high).setSender(contact(sender)));
            case Message.NeighborReply(var sender, var others) ->
                built.setNeighborReply(
                        NeighborReply.newBuilder().setSender(contact(sender)).addAllOthers(contacts(others)));
            case Message.Disconnect(var contacts) ->
                built.getDisconnectBuilder().addAllContacts(contacts(contacts));
            case Message.Shuffle(var nonce, var origin, var timeToLive, var contacts) ->
                built.setShuffle(Shuffle.newBuilder()
                        .setNonce(nonce)
                        .setOrigin(id(origin))
                        .setTimeToLive(timeToLive)
                        .addAllContacts(contacts(contacts)));
            case Message.ShuffleReply(var nonce, var contacts) ->
                built.setShuffleReply(ShuffleReply.newBuilder().setNonce(nonce).addAllContacts(contacts(contacts)));
        }
        return built.build();
    }

    /** One that has the head of the record before does not say again what it is about. */
    private static void addTo(Batch.Builder built, Records records) {
        for (int i = 0; i < records.size(); i++) {
            Record.Builder record = of(Samples.RECORDS.decode(records.get(i))).toBuilder();
            if (records.head(i) != null && records.isSentAsBody(i)) {
                record.clearTopic().clearContentType();
            }
            built.addRecords(record);
        }
    }

    private Batch batch(Message.Batch batch, dev.wsmesh.proto.v1.Frame.Builder frame) {
        Batch.Builder built = Batch.newBuilder()
                .setStream(alias(batch.stream(), frame))
                .setFirst(batch.first())
                .setAgeMillis(batch.ageMillis())
                .setAcknowledge(batch.acknowledge());
        addTo(built, batch.records());
        return built.build();
    }

    private Batch history(Message.History history, dev.wsmesh.proto.v1.Frame.Builder frame) {
        Batch.Builder built = Batch.newBuilder()
                .setStream(alias(history.stream(), frame))
                .setFirst(history.first())
                .setAgeMillis(history.ageMillis());
        addTo(built, history.records());
        return built.build();
    }

    private int alias(StreamId stream, dev.wsmesh.proto.v1.Frame.Builder frame) {
        return aliases.computeIfAbsent(stream, unnamed -> {
            int alias = aliases.size() + 1;
            frame.addStreams(StreamAlias.newBuilder()
                    .setAlias(alias)
                    .setOrigin(id(unnamed.origin()))
                    .setEpoch(unnamed.epoch()));
            return alias;
        });
    }

    private static List<dev.wsmesh.proto.v1.Contact> contacts(List<Contact> contacts) {
        return contacts.stream().map(Protoc::contact).toList();
    }

    private static dev.wsmesh.proto.v1.Contact contact(Contact contact) {
        dev.wsmesh.proto.v1.Contact.Builder built =
                dev.wsmesh.proto.v1.Contact.newBuilder().setId(id(contact.id()));
        if (contact.address() != null) {
            built.setUrl(contact.address().url());
        }
        return built.build();
    }

    private static ByteString id(NodeId id) {
        return ByteString.copyFrom(id.toArray());
    }

    private static ByteString bytes(Bytes bytes) {
        return ByteString.copyFrom(bytes.toArray());
    }
}
