package dev.wsmesh.samples.cache;

import dev.wsmesh.gateway.listener.MeshListener;
import dev.wsmesh.node.Gap;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.stereotype.Component;

/** Forgets what another instance, or this one, has changed. */
@Component
class CacheInvalidation {

    private static final Logger log = LoggerFactory.getLogger(CacheInvalidation.class);

    private final Cache cache;

    CacheInvalidation(CacheManager caches) {
        cache = Objects.requireNonNull(caches.getCache(Prices.CACHE));
    }

    @MeshListener(PriceChanged.TOPIC)
    void changed(PriceChanged change) {
        cache.evict(change.product());
        log.info("forgot the price of {}", change.product());
    }

    /** Something may have changed that nobody can tell any more. */
    @MeshListener(PriceChanged.TOPIC)
    void missed(Gap gap) {
        cache.clear();
        log.info("forgot all prices: messages {} to {} are missing", gap.from(), gap.to());
    }
}
