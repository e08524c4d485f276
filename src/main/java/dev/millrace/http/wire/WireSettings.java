package dev.millrace.http.wire;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The settings of {@link WireConfig} for connections, which are made outside of CDI.
 *
 * @param maxConnections see {@link WireConfig#maxConnections}
 */
record WireSettings(int maxConnections) {

    /** Reads the configuration. The mapping is not registered in tests that start Vert.x alone, hence the defaults. */
    static WireSettings read() {
        Config config = ConfigProvider.getConfig();
        return new WireSettings(config.getOptionalValue("millrace.http.max-connections", Integer.class)
                .orElse(Integer.valueOf(WireConfig.MAX_CONNECTIONS)));
    }
}
