package dev.millrace.http.wire;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** How clients may send their requests. */
@ConfigMapping(prefix = ReceiveConfig.PREFIX)
public interface ReceiveConfig extends BoundedConfig {

    String PREFIX = "millrace.http.receive";
    String MAX_HEADER_FIELDS = "100";
    String TIMEOUT = "60s";
    String MIN_BYTES = "1024";

    /** Maximum number of header fields of an HTTP/1 request: 10 to 10,000. */
    @WithDefault(MAX_HEADER_FIELDS)
    int maxHeaderFields();

    /** The head of a request must arrive within this time, and at least {@link #minBytes} of its body in each such time. */
    @WithDefault(TIMEOUT)
    Duration timeout();

    /** Bytes of a body that must arrive within {@link #timeout}, unless fewer are missing: 1 to 1,048,576. */
    @WithDefault(MIN_BYTES)
    int minBytes();

    @Override
    default void check(Bounds bounds) {
        bounds.between(PREFIX + ".max-header-fields", maxHeaderFields(), 10, 10_000);
        bounds.between(PREFIX + ".min-bytes", minBytes(), 1, 1 << 20);
        bounds.between(PREFIX + ".timeout in seconds", Math.toIntExact(timeout().toSeconds()), 1, 3600);
    }
}
