package dev.wsmesh.protocol;

/**
 * What becomes of two links between the same two nodes. Each end decides when its second link comes up, and the ends may see
 * the links come up in different orders, so only one of them, the arbiter, may choose.
 *
 * <table>
 * <caption>Verdicts</caption>
 * <tr><th>epochs</th><th>arbiter</th><th>the other end</th></tr>
 * <tr><td>one higher</td><td>close the lower</td><td>close the lower</td></tr>
 * <tr><td>equal, one of them only a probe</td><td>close the probe</td><td>keep both</td></tr>
 * <tr><td>equal, handshakes overlapped</td><td>close the one that the peer dialled</td><td>keep both</td></tr>
 * <tr><td>equal, no overlap or same direction</td><td>close the older: the peer has lost it</td><td>keep both</td></tr>
 * </table>
 *
 * <p>The other end uses both until the arbiter's close arrives: a link is a complete set of cursors, so the second one costs
 * duplicates for a moment and nothing else.
 */
final class DuplicateLinks {
    enum Verdict {
        CLOSE_OLDER,
        CLOSE_NEWER,
        KEEP_BOTH
    }

    private DuplicateLinks() {}

    static boolean isArbiter(NodeId self, NodeId peer) {
        return self.compareTo(peer) < 0;
    }

    private static boolean isProbe(Link link) {
        return link.role == Link.Role.PROBE;
    }

    static Verdict judge(boolean arbiter, Link older, Link newer) {
        if (older.peerEpoch != newer.peerEpoch) {
            return older.peerEpoch < newer.peerEpoch ? Verdict.CLOSE_OLDER : Verdict.CLOSE_NEWER;
        }
        if (!arbiter) {
            return Verdict.KEEP_BOTH;
        }
        if (isProbe(older) != isProbe(newer)) {
            return isProbe(older) ? Verdict.CLOSE_OLDER : Verdict.CLOSE_NEWER;
        }
        boolean crossed = newer.overlapped && older.dialledByUs() != newer.dialledByUs();
        return crossed && older.dialledByUs() ? Verdict.CLOSE_NEWER : Verdict.CLOSE_OLDER;
    }
}
