package dev.millrace.http.wire;

import java.time.Duration;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.http.HttpServerOptions;

/**
 * The settings of {@link WireConfig} for connections, which are made outside of CDI.
 *
 * @param maxConnections see {@link WireConfig#maxConnections}
 * @param maxStreams that a client may have at a time on an HTTP/2 connection, as Quarkus announces it
 * @param unsentPerConnection bytes, within the bound of the heap
 * @param unsentTotal bytes, within the bound of the heap
 * @param connectionMemory bytes that connections and requests may take
 * @param unsentTimeout see {@link WireConfig.Unsent#timeout}
 */
record WireSettings(int maxConnections, long maxStreams, long unsentPerConnection, long unsentTotal,
        long connectionMemory,
        Duration unsentTimeout) {

    private static final String MAX_STREAMS = "quarkus.http.limits.max-concurrent-streams";
    private static final String CONNECTION_MEMORY = "millrace.memory.max-connections";

    /** Reads the configuration. The mapping is not registered in tests that start Vert.x alone, hence the defaults. */
    static WireSettings read() {
        Config config = ConfigProvider.getConfig();
        long heap = Runtime.getRuntime().maxMemory();
        return new WireSettings(value(config, "max-connections", Integer.class, WireConfig.MAX_CONNECTIONS),
                config.getOptionalValue(MAX_STREAMS, Long.class)
                        .orElse(HttpServerOptions.DEFAULT_INITIAL_SETTINGS_MAX_CONCURRENT_STREAMS),
                Math.min(heap / 8, bytes(config, "unsent.per-connection", WireConfig.PER_CONNECTION)),
                Math.min(heap / 4, bytes(config, "unsent.total", WireConfig.TOTAL)),
                config.getOptionalValue(CONNECTION_MEMORY, MemorySize.class).map(MemorySize::asLongValue)
                        .orElse(heap / 4),
                value(config, "unsent.timeout", Duration.class, WireConfig.TIMEOUT));
    }

    private static long bytes(Config config, String name, String ifAbsent) {
        return value(config, name, MemorySize.class, ifAbsent).asLongValue();
    }

    private static <T> T value(Config config, String name, Class<T> type, String ifAbsent) {
        return config.getOptionalValue(WireConfig.PREFIX + '.' + name, type)
                .orElseGet(() -> config.getConverter(type).orElseThrow().convert(ifAbsent));
    }
}
