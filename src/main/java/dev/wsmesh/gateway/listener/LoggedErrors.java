package dev.wsmesh.gateway.listener;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes failures into the log, those of the method's own with their stack trace. */
final class LoggedErrors implements MeshListenerErrorHandler {

    private static final Logger log = LoggerFactory.getLogger(MeshListener.class);

    @Override
    public void handle(MeshListenerException failure) {
        if (failure.isConversion() || failure.getCause() == null) {
            log.warn("{}", failure.getMessage());
        } else {
            log.warn("{}", failure.getMessage(), failure.getCause());
        }
    }
}
