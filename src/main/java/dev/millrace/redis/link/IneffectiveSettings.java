package dev.millrace.redis.link;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfig;

/**
 * Finds settings of Quarkus' own Redis client. Millrace puts its connections under the data source, so these would do nothing, and
 * whoever made them believes otherwise.
 */
final class IneffectiveSettings {

    private static final Pattern SETTING = Pattern.compile("quarkus\\.redis\\.(?:\"?([^.\"]+)\"?\\.)?.+");
    /** The application makes these itself: off, both of them. */
    private static final Pattern OWN = Pattern
            .compile("quarkus\\.redis\\.(?:health\\.enabled|(?:[^.]+\\.)?devservices\\..*)");
    private static final String KV = "kv";

    private IneffectiveSettings() {}

    /** @throws ConfigurationException if there are any; the message names them, and not their values */
    static void refuse(Config config) {
        Set<String> found = find(config);
        if (!found.isEmpty()) {
            throw new ConfigurationException(String.join(", ", found) + ": no effect, remove it. Millrace connects to"
                    + " Redis as REDIS_HOST or REDIS_URL and millrace.redis.* say", found);
        }
    }

    /**
     * Returns the settings that would have no effect, by name: those of the default client, and of any client without hosts. A client
     * with a name of its own and with hosts is one that Quarkus makes, for a fork that injects it.
     */
    static Set<String> find(Config config) {
        SmallRyeConfig all = config.unwrap(SmallRyeConfig.class);
        Set<String> names = new TreeSet<>();
        for (String property : all.getPropertyNames()) {
            String name = dotted(property);
            if (SETTING.matcher(name).matches() && !OWN.matcher(name).matches() && isGiven(all, property)) {
                names.add(name);
            }
        }
        names.removeIf(name -> {
            Matcher client = SETTING.matcher(name);
            return client.matches() && client.group(1) != null && !client.group(1).equals(KV)
                    && (all.getConfigValue("quarkus.redis." + client.group(1) + ".hosts").getValue() != null
                            || all.getConfigValue("quarkus.redis." + client.group(1) + ".hosts-provider-name")
                                    .getValue() != null);
        });
        return names;
    }

    /** The environment may be seen as {@code QUARKUS_REDIS_MAX_POOL_SIZE} too, whose hyphens cannot be told from dots. */
    private static String dotted(String property) {
        return property.startsWith("QUARKUS_REDIS_")
                ? "quarkus.redis."
                        + property.substring("QUARKUS_REDIS_".length()).toLowerCase(Locale.ROOT).replace('_', '-')
                : property;
    }

    /** Not a default of Quarkus, nor what it fixed at build time. */
    private static boolean isGiven(SmallRyeConfig config, String property) {
        ConfigValue value = config.getConfigValue(property);
        return value.getValue() != null && value.getSourceOrdinal() > 0 && value.getSourceOrdinal() < Integer.MAX_VALUE;
    }
}
