package dev.millrace.http.wire;

import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.spi.VertxServiceProvider;

/**
 * Puts {@link WireTransport} into Vert.x. Quarkus finds this class by its name in {@code META-INF/services} during the build, and
 * creates it without reflection at start.
 */
public class WireProvider implements VertxServiceProvider {

    @Override
    public void init(VertxBuilder builder) {
        builder.findTransport(new WireTransport(builder.findTransport()));
    }
}
