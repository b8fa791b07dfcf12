package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A graceful stop: says so, hands over what it owes, and closes once neighbours have said that they hold it, within the leave limit.
 * That it was written is not enough: what lies in between may drop it when the connection ends.
 */
final class Leaving {
    private final Context context;
    private final Links links;
    private final Broadcast broadcast;
    private final Overlay overlay;
    /** What was waited for when it was looked at last. */
    private @Nullable StreamLink missing;

    Leaving(Context context, Links links, Broadcast broadcast, Overlay overlay) {
        this.context = context;
        this.links = links;
        this.broadcast = broadcast;
        this.overlay = overlay;
    }

    void begin() {
        if (context.leaving) {
            return;
        }
        context.leaving = true;
        broadcast.prepareToLeave();
        for (Link link : links.all()) {
            links.say(link, new Message.Leave(broadcast.lastPublished()));
        }
        context.alarms.set(
                Alarm.LEAVING,
                context.in(context.settings.broadcasting().publishing().leaveLimit()));
    }

    /** Looks, after everything else, whether there is anything left to hand over. */
    void settle() {
        if (!context.leaving || context.left) {
            return;
        }
        if (isHandedOver() || context.alarms.take(Alarm.LEAVING, context.now)) {
            context.left = true;
            context.alarms.set(Alarm.LEAVING, Alarms.NEVER);
            for (Link link : List.copyOf(links.all())) {
                if (link.phase == Link.Phase.OPEN) {
                    overlay.part(link, CloseCode.GOING_AWAY, null);
                }
            }
            broadcast.publisher.onLeft();
            context.emit(new Output.Left());
        }
    }

    private boolean isHandedOver() {
        if (missing != null && isLive(missing) && broadcast.pushing.isUnacknowledged(missing)) {
            return false;
        }
        for (Link link : links.all()) {
            if (link.phase == Link.Phase.OPEN && (isUndecided(link) || isBusy(link))) {
                return false;
            }
        }
        for (Link link : links.all()) {
            missing = broadcast.pushing.unacknowledged(link);
            if (missing != null) {
                return false;
            }
        }
        return true;
    }

    /** Neither the link nor the stream has gone. */
    private static boolean isLive(StreamLink each) {
        return each.equals(each.link.stream(each.stream.id));
    }

    /** What it holds is not known yet. */
    private boolean isUndecided(Link link) {
        return link.isNeighbour() && !link.digestReceived && broadcast.lastPublished() > 0;
    }

    private static boolean isBusy(Link link) {
        return !link.control.isEmpty() || !link.owed.isEmpty();
    }
}
