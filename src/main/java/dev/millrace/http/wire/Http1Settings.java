package dev.millrace.http.wire;

import java.time.Duration;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.http.HttpServerOptions;

/**
 * What a client may send over HTTP/1.
 *
 * @param decoderOptions only the limits of the decoder: request line, header fields, and the size of the pieces of a body
 * @param maxHeaderFields see {@link ReceiveConfig#maxHeaderFields}
 * @param timeout see {@link ReceiveConfig#timeout}
 * @param minBytes see {@link ReceiveConfig#minBytes}
 */
record Http1Settings(HttpServerOptions decoderOptions, int maxHeaderFields, Duration timeout, int minBytes) {

    /** Reads the configuration. */
    static Http1Settings read() {
        Config config = ConfigProvider.getConfig();
        HttpServerOptions decoder = new HttpServerOptions();
        config.getOptionalValue("quarkus.http.limits.max-initial-line-length", Integer.class)
                .ifPresent(decoder::setMaxInitialLineLength);
        config.getOptionalValue("quarkus.http.limits.max-header-size", MemorySize.class)
                .ifPresent(size -> decoder.setMaxHeaderSize(Math.toIntExact(size.asLongValue())));
        config.getOptionalValue("quarkus.http.limits.max-chunk-size", MemorySize.class)
                .ifPresent(size -> decoder.setMaxChunkSize(Math.toIntExact(size.asLongValue())));
        return new Http1Settings(decoder,
                value(config, "max-header-fields", Integer.class, ReceiveConfig.MAX_HEADER_FIELDS),
                value(config, "timeout", Duration.class, ReceiveConfig.TIMEOUT),
                value(config, "min-bytes", Integer.class, ReceiveConfig.MIN_BYTES));
    }

    /** The mapping is registered in the service, and not in tests that start Vert.x alone. */
    private static <T> T value(Config config, String name, Class<T> type, String ifAbsent) {
        return config.getOptionalValue(ReceiveConfig.PREFIX + '.' + name, type)
                .orElseGet(() -> config.getConverter(type).orElseThrow().convert(ifAbsent));
    }
}
