package dev.wsmesh.samples.cache;

import dev.wsmesh.gateway.listener.MeshTemplate;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/** Prices, from the cache of this instance if they are in it. */
@Service
class Prices {

    static final String CACHE = "prices";

    private final PriceStore store;
    private final MeshTemplate mesh;

    Prices(PriceStore store, MeshTemplate mesh) {
        this.store = store;
        this.mesh = mesh;
    }

    @Cacheable(CACHE)
    public int of(String product) {
        return store.read(product);
    }

    /** In a transaction it would be {@code mesh.afterCommit().convertAndSend(...)}, for others read the store when they hear of it. */
    public void change(String product, int cents) {
        store.write(product, cents);
        mesh.convertAndSend(PriceChanged.TOPIC, new PriceChanged(product));
    }
}
