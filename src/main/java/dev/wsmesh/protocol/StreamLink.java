package dev.wsmesh.protocol;

/** What one link knows of one stream. The two directions are independent of each other. */
final class StreamLink {
    /** Whether we want the stream from this neighbour. */
    enum Asking {
        /** We have not said; a Batch that comes by itself means that it pushes. */
        UNSAID,
        ASKED,
        /** We said Prune; what still arrives was on its way. */
        PRUNED
    }

    /** What is to be said with the next frame; the later wish replaces the earlier. */
    enum Wish {
        NONE,
        GRAFT,
        PRUNE
    }

    /** What is due to a neighbour that asked for, or was owed, what we cannot send. */
    enum Answer {
        NONE,
        MISS,
        /** A Miss with the promise to bring it. */
        PENDING,
        /** A Miss of what the neighbour accepts from nobody. */
        TOO_LARGE
    }

    final Link link;
    final Stream stream;

    /** It was decided where, and whether, we push. */
    boolean opened;

    /** Outgoing: we owe it from the cursor on. */
    boolean push;

    long cursor = 1;
    /** Where the stream begins for the neighbour, who had not heard of it: what comes before is nothing to it. */
    private long begins = 1;
    /** Where what fits the neighbour's frames began when we last looked, and how many records before it do not fit. */
    long offeredFrom = 1;

    long tooLarge;
    /** The highest record that the neighbour knows, or will with the frames sent, that we hold. */
    long said;

    boolean haveDue;
    boolean haveForced;
    Answer answer = Answer.NONE;
    /** Where what we hold began when we last said Miss: from there on the neighbour was offered it. */
    long offeredAt = Long.MAX_VALUE;

    /** What is left goes out behind the Miss: the neighbour asked for what it was offered, and too late; or could not ask any more. */
    boolean restDue;
    /** Until then what the neighbour has not got yet is kept, however old: it may wait for a grace before it asks for it. */
    long keptUntil = Long.MIN_VALUE;
    /** The neighbour has to be told where the stream begins for it. */
    boolean startDue;

    boolean inFlagged;
    boolean inOwed;

    /** Incoming: the neighbour told us at least once where it stands. */
    boolean heard;

    /** The range that the neighbour is known to hold. */
    long theirsBase = 1;

    long theirs;
    Asking asking = Asking.UNSAID;
    /** The next record that this link will bring, while asked. */
    long arriving;
    /** The neighbour has told us that it lacks everything before this. */
    long missedBelow;
    /** When it last said so by a Miss: from then on it keeps the rest for us. */
    long missedAt = Long.MIN_VALUE / 2;

    /** It has said that it lacks what we asked for, or may have a claim on: what it brings by itself is no choice of a beginning. */
    boolean lacksOurs;

    /** The neighbour has answered that it does not hold this record yet, and since when. */
    long pendingFor;

    long pendingSince;
    /** The record for whose sake we asked although nothing told us that the neighbour has it. */
    long queriedFor;

    int duplicateBatches;
    /** We have asked for the stream in so many words. */
    boolean grafted;

    long askedAt = Long.MIN_VALUE / 2;
    /** When it last brought anything of the stream. */
    long broughtAt = Long.MIN_VALUE / 2;
    /** When it last brought something that it had not brought since it was asked. */
    long movedAt = Long.MIN_VALUE / 2;
    /** It had nothing to give of what comes before this. */
    long hasNothingBefore;
    /** It did not answer when it was asked for the past. */
    boolean silentAboutPast;

    /** We have asked to be brought it again while another brings it, and nothing has come of that yet: it is not relied on. */
    boolean returning;
    /** Not before then may we ask so again. */
    private long returnAt = Long.MIN_VALUE;

    private long returnPause;

    Wish wish = Wish.NONE;

    StreamLink(Link link, Stream stream) {
        this.link = link;
        this.stream = stream;
    }

    /** The neighbour has more than we do, as far as we know. */
    boolean isAhead() {
        return theirs >= stream.next();
    }

    /** The neighbour has said that it cannot bring what we need next. */
    boolean hasMissed() {
        boolean lacks = missedBelow > stream.next() || theirsBase > stream.next();
        return lacks && pendingFor != stream.next();
    }

    /** It can be asked, has more than we do, and has not said that it lacks what we need next. */
    boolean isOffering() {
        return link.canBeAsked() && isAhead() && !hasMissed();
    }

    /** Asked, and what we need next is still to come on this link. */
    boolean isBringing() {
        return asking == Asking.ASKED && link.canBeAsked() && arriving <= stream.next() && !returning;
    }

    boolean mayReturn(long now) {
        return returnAt <= now;
    }

    /** The next time only after a longer pause: this link may be one off which we will always fall. */
    void noteReturn(Context context) {
        long least = context.settings.broadcasting().repairing().gapGrace().toNanos();
        long most = context.settings.broadcasting().memory().retention().toNanos();
        returning = true;
        returnPause = Math.min(Math.max(2 * returnPause, least), most);
        returnAt = context.now + returnPause;
    }

    /** Whoever has brought nothing since then for as long as records are kept has nothing to bring any more. */
    long lastDealtAt() {
        return Math.max(askedAt, broughtAt);
    }

    /** It has been told, asked or linked a moment ago: what we held then must not be gone when it asks. */
    void keep(Context context) {
        keptUntil = context.in(context.settings.broadcasting().repairing().longestGrace());
    }

    /** The first record that must stay for this neighbour; MAX_VALUE if any may go. */
    long keptFrom(long now) {
        boolean over = keptUntil <= now || !link.canBeAsked() || leadsToOrigin();
        return over ? Long.MAX_VALUE : Math.max(begins, theirs + 1);
    }

    boolean isOwed() {
        boolean mayCome = stream.backfilling && cursor < stream.log.base();
        return push && stream.started && cursor <= stream.log.contiguous() && !mayCome && link.isReady();
    }

    /** Nothing of the stream comes before this for the neighbour, as we have decided. */
    void begin(long first) {
        cursor = first;
        begins = first;
    }

    /** Where it begins for the neighbour, as far as we know. */
    long begins() {
        return begins;
    }

    /** Another has started it further back than we did. */
    void beginsBy(long first) {
        begins = Math.min(begins, first);
    }

    /** There is something that the neighbour wants, has not said that it holds, and can be sent to it. */
    boolean isLacking() {
        StreamLog log = stream.log;
        long settled = Math.max(Math.max(theirs, begins - 1), log.base() - 1);
        long last = log.contiguous();
        while (last > settled && log.length(last) > link.recordBytes()) {
            last--;
        }
        return last > settled;
    }

    /** Whether this record is too large for the neighbour; then it is offered what comes behind it, and behind others like it. */
    boolean skipTooLarge(long sequence) {
        StreamLog log = stream.log;
        long fitting = sequence;
        while (log.holds(fitting) && log.length(fitting) > link.recordBytes()) {
            fitting++;
        }
        tooLarge = fitting - sequence;
        offeredFrom = tooLarge > 0 ? fitting : 1;
        return tooLarge > 0;
    }

    /** Where what we can send to this neighbour begins. */
    long offeredBase() {
        return Math.max(offeredFrom, stream.log.base());
    }

    /** Whether the run of the node that published the stream is at the other end; a later run lacks it like anybody else. */
    boolean leadsToOrigin() {
        return link.peer().equals(stream.id.origin()) && stream.id.epoch() >= link.peerEpoch;
    }
}
