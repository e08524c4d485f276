package dev.millrace;

import java.util.HashMap;
import java.util.Map;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;

/** Configuration for unit tests, read as the service reads it. */
public final class Configs {

    private Configs() {}

    /** A mapping filled from names and values in turn. */
    public static <T> T of(Class<T> mapping, String... namesAndValues) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(mapping)
                .withSources(new PropertiesConfigSource(properties, "test", 100)).build().getConfigMapping(mapping);
    }
}
