package dev.millrace.redis.link;

import jakarta.inject.Singleton;

import org.eclipse.microprofile.config.ConfigProvider;

import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;

/**
 * As many event loops as cores, unless configured otherwise: each holds a connection to Redis, all work happens on them,
 * and more would only take turns. Quarkus' own default is twice the cores.
 */
@Singleton
public class EventLoopsPerCore implements VertxOptionsCustomizer {

    private static final String SETTING = "quarkus.vertx.event-loops-pool-size";

    @Override
    public void accept(VertxOptions options) {
        if (ConfigProvider.getConfig().getOptionalValue(SETTING, Integer.class).isEmpty()) {
            options.setEventLoopPoolSize(Runtime.getRuntime().availableProcessors());
        }
    }
}
