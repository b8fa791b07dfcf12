package dev.wsmesh.samples.cache;

/** What instances tell each other: JSON on the topic {@code prices.changed}. */
record PriceChanged(String product) {

    static final String TOPIC = "prices.changed";
}
