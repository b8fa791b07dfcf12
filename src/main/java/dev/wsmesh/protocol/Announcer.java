package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.util.ArrayList;
import java.util.List;

/** Tells neighbours what we hold: what changed, collected for a moment, and now and then everything. */
final class Announcer {
    private final Context context;
    private final Settings.Sending settings;
    private final Links links;
    private final Streams streams;
    private final List<Stream> changed = new ArrayList<>();

    Announcer(Context context, Links links, Streams streams) {
        this.context = context;
        this.settings = context.settings.broadcasting().sending();
        this.links = links;
        this.streams = streams;
    }

    void onChange(Stream stream) {
        if (changed.isEmpty()) {
            context.alarms.set(Alarm.HAVES, context.in(settings.haveInterval()));
        }
        if (!stream.changed) {
            stream.changed = true;
            changed.add(stream);
        }
    }

    void onHavesAlarm() {
        for (Stream stream : changed) {
            stream.changed = false;
            for (StreamLink each : stream.links) {
                if (each.link.isReady() && each.said < stream.log.contiguous()) {
                    each.haveDue = true;
                    links.flag(each);
                }
            }
        }
        changed.clear();
    }

    /** What we hold begins earlier than we said. */
    void announce(Stream stream) {
        for (StreamLink each : stream.links) {
            if (each.link.isReady()) {
                each.haveForced = true;
                links.flag(each);
            }
        }
    }

    void acknowledgeAtOnce(StreamLink stream) {
        stream.haveForced = true;
        links.flag(stream);
    }

    /** Everything, to this link; the digest is complete when the flags set here are rendered. */
    void sendDigest(Link link) {
        for (Stream stream : streams.all()) {
            if (isListed(stream)) {
                StreamLink each = streams.on(link, stream);
                each.haveForced = true;
                links.flag(each);
            }
        }
        link.digestDue = true;
        links.touch(link);
    }

    void onDigestAlarm() {
        List<Link> ready = new ArrayList<>();
        for (Link link : links.all()) {
            if (link.isReady()) {
                ready.add(link);
            }
        }
        if (!ready.isEmpty()) {
            sendDigest(context.pick(ready));
        }
        context.alarms.set(Alarm.DIGEST, context.inAbout(settings.digestInterval()));
    }

    void forget(Stream stream) {
        if (stream.changed) {
            changed.remove(stream);
        }
    }

    private boolean isListed(Stream stream) {
        return stream.started && (stream.log.size() > 0 || links.isLinkedWith(stream.id.origin()));
    }
}
