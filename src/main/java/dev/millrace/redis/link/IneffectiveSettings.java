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
            throw new ConfigurationException(String.join(", ", found) + ": no effect, remove it. Set REDIS_HOST or"
                    + " REDIS_URL, and millrace.redis.*, instead", found);
        }
    }

    /**
     * Returns the settings that would have no effect, by name: those of the default client, and of any client without hosts. A client
     * with a name of its own and with hosts is one that Quarkus makes, for a fork that injects it.
     */
    static Set<String> find(Config config) {
        SmallRyeConfig all = config.unwrap(SmallRyeConfig.class);
        Set<String> names = new TreeSet<>();
        all.getPropertyNames().forEach(names::add);
        // A variable of the environment is there under the names of properties that it may mean, too.
        names.removeIf(name -> isProperty(name) && names.contains(variable(name)));
        names.removeIf(name -> !isIneffective(all, isProperty(name) ? name : property(name)) || !isGiven(all, name));
        return names;
    }

    private static boolean isIneffective(SmallRyeConfig config, String property) {
        Matcher setting = SETTING.matcher(property);
        if (!setting.matches() || OWN.matcher(property).matches()) {
            return false;
        }
        String client = setting.group(1);
        return client == null || client.equals(KV) || !isSet(config, "quarkus.redis." + client + ".hosts")
                && !isSet(config, "quarkus.redis." + client + ".hosts-provider-name");
    }

    private static boolean isProperty(String name) {
        return !name.startsWith("QUARKUS_REDIS_");
    }

    private static String variable(String property) {
        return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** What a variable may mean: its hyphens cannot be told from dots, which matters only behind the name of a client. */
    private static String property(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }

    private static boolean isSet(SmallRyeConfig config, String property) {
        return config.getConfigValue(property).getValue() != null;
    }

    /** Not a default of Quarkus, nor what it fixed at build time. */
    private static boolean isGiven(SmallRyeConfig config, String property) {
        ConfigValue value = config.getConfigValue(property);
        return value.getValue() != null && value.getSourceOrdinal() > 0 && value.getSourceOrdinal() < Integer.MAX_VALUE;
    }
}
