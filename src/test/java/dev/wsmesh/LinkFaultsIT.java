package dev.wsmesh;

/** {@link LinkFaults} between processes. */
class LinkFaultsIT extends LinkFaults {

    LinkFaultsIT() {
        super("", false);
    }

    @Override
    LedgerHost host() {
        return new LedgerHost.OfThisMachine();
    }
}
