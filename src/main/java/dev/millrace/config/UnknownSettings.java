package dev.millrace.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.vertx.ext.web.Router;

/**
 * Warns about environment variables {@code MILLRACE_*} that set nothing: misspelt ones, with the nearest setting, and ones whose id has an
 * underscore, which the configuration reads as something else. The settings are those of the resource {@value #RESOURCE}, where {@code *}
 * stands for an id; DocsTest keeps it complete.
 */
@Dependent
class UnknownSettings {

    static final String RESOURCE = "/settings.txt";

    private static final Logger LOG = Logger.getLogger(UnknownSettings.class);
    private static final String PREFIX = "MILLRACE_";
    /** What Kubernetes sets for each service of the namespace; the service may be called millrace, or millrace-something. */
    private static final Pattern OF_KUBERNETES = Pattern
            .compile("MILLRACE_(?:.*_)?(?:SERVICE_(?:HOST|PORT)|PORT)(?:_.*)?");
    private static final String ID = "*";
    /** With underscores around it, an id in a variable may contain underscores, which become full stops. */
    private static final String ID_IN_VARIABLE = "(?:[A-Z0-9]+|_[A-Z0-9_]+_)";
    /** The place in a list, which a variable may end with. */
    private static final Pattern INDEX = Pattern.compile("_\\d+_$");

    /** Runs before anything that a wrong setting may keep from starting. */
    void check(@Observes @Priority(1) Router router) {
        warnings(System.getenv(), settings()).forEach(LOG::warn);
    }

    /** One warning for each variable that sets nothing; in the order of their names. Shows no values. */
    static List<String> warnings(Map<String, String> environment, List<String> settings) {
        List<String> warnings = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            String variable = INDEX.matcher(name).replaceFirst("");
            if (!variable.startsWith(PREFIX) || isOfKubernetes(variable, value)
                    || settings.stream().anyMatch(setting -> matches(setting, variable, ID_IN_VARIABLE))) {
                return;
            }
            List<String> likely = settings.stream().filter(setting -> matches(setting, variable, ".+")).toList();
            if (likely.stream().anyMatch(setting -> setting.endsWith(ID))) {
                // It does reach the map of ids, whose owner refuses the id.
                return;
            }
            if (!likely.isEmpty()) {
                warnings.add(name + " sets nothing: an id in an environment variable must not contain an underscore");
                return;
            }
            String nearest = nearest(variable, settings);
            warnings.add(name + " sets nothing" + (nearest == null ? "" : "; did you mean " + nearest + "?"));
        });
        return warnings;
    }

    private static boolean matches(String setting, String variable, String id) {
        int star = setting.indexOf(ID);
        return star < 0
                ? variable.equals(variable(setting))
                : Pattern.matches(variable(setting.substring(0, star)) + id + variable(setting.substring(star + 1)),
                        variable);
    }

    private static @Nullable String nearest(String variable, List<String> settings) {
        String nearest = null;
        // More than a third of it wrong is no slip of the fingers.
        int distance = variable.length() / 3 + 1;
        for (String setting : settings) {
            String wanted = spelledFor(setting, variable);
            int changes = wanted == null ? distance : distance(variable, wanted);
            if (changes < distance) {
                nearest = wanted;
                distance = changes;
            }
        }
        return nearest;
    }

    private static boolean isOfKubernetes(String variable, String value) {
        return OF_KUBERNETES.matcher(variable).matches()
                && (variable.contains("SERVICE_") || value.contains("://") || variable.contains("_PORT_"));
    }

    /** The variable of a setting, with the id that {@code variable} has at its place; null if it cannot have one. */
    private static @Nullable String spelledFor(String setting, String variable) {
        int star = setting.indexOf(ID);
        if (star < 0) {
            return variable(setting);
        }
        String before = variable(setting.substring(0, star));
        String after = variable(setting.substring(star + 1));
        int end = variable.length();
        for (int i = 0; i < after.chars().filter(c -> c == '_').count() && end > 0; i++) {
            end = variable.lastIndexOf('_', end - 1);
        }
        return variable.startsWith(before) && end > before.length()
                ? before + variable.substring(before.length(), end) + after
                : null;
    }

    /** The environment variable of a setting, as the MicroProfile Config specification maps it. */
    static String variable(String setting) {
        return setting.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** The distance of Levenshtein: how many characters to change, add or remove. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    static List<String> settings() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(UnknownSettings.class.getResourceAsStream(RESOURCE)),
                StandardCharsets.UTF_8))) {
            return lines.lines().sorted(Comparator.naturalOrder()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
