package dev.millrace.config;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.util.ExceptionUtil;
import io.smallrye.config.ConfigValidationException;

/**
 * Says why the service did not start, in one line of JSON where the log is JSON. Quarkus prints wrong settings as plain text, before or past
 * the log. A setting is named with its environment variable, because that is what most operators have set.
 */
public final class StartFailure {

    /** Not the package of a class, {@code dev.millrace}, nor all settings of a group, {@code millrace.redis.*}. */
    private static final Pattern SETTING = Pattern
            .compile("(?<![\\w.])millrace(?:\\.(?:[A-Za-z0-9-]+|\"[^\"]+\"))++(?!\\.\\*)");
    /** What SmallRye Config puts in front of its messages: the exception's class and a number. */
    private static final Pattern CODE = Pattern.compile("^(?:[A-Za-z.]+(?:Exception|Error): )?SRCFG\\d+: ");
    /** How it says that a value does not have the type of the setting. */
    private static final Pattern NOT_CONVERTED = Pattern.compile(
            " threw an Exception whilst being converted (?:SRCFG\\d+: )?(?:Cannot convert .* to enum class [\\w.$]+, )?");
    /** The settings whose variable has another name than the setting; application.properties has the list. */
    private static final Map<String, String> VARIABLES = Map.of(
            "millrace.redis.host", "REDIS_HOST", "millrace.redis.port", "REDIS_PORT",
            "millrace.redis.db", "REDIS_DB", "millrace.redis.password", "REDIS_PASSWORD",
            "millrace.redis.url", "REDIS_URL", "millrace.kv.db", "REDIS_KV_DB", "millrace.kv.url", "REDIS_KV_URL");

    private StartFailure() {}

    /** Prints why the service did not start; nothing if it did. */
    public static void print(@Nullable Throwable failure) {
        if (failure != null) {
            System.out.println(isJson() ? json(failure, Instant.now()) : message(failure) + trace(failure));
            System.out.flush();
        }
    }

    private static boolean isJson() {
        try {
            return ConfigProvider.getConfig().getOptionalValue("quarkus.log.console.json.enabled", Boolean.class)
                    .orElse(true);
        } catch (RuntimeException e) {
            // The configuration itself cannot be read.
            return true;
        }
    }

    /** As the JSON log writes an error. */
    static String json(Throwable failure, Instant now) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("timestamp", now.toString());
            json.writeStringField("loggerName", StartFailure.class.getName());
            json.writeStringField("level", "FATAL");
            json.writeStringField("message", message(failure));
            if (!trace(failure).isEmpty()) {
                json.writeStringField("stackTrace", trace(failure).strip());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    /** What is wrong, for the operator. */
    static String message(Throwable failure) {
        Throwable cause = ExceptionUtil.getRootCause(failure);
        if (cause instanceof ConfigValidationException wrong) {
            List<String> problems = new ArrayList<>();
            for (int i = 0; i < wrong.getProblemCount(); i++) {
                String problem = CODE.matcher(wrong.getProblem(i).getMessage()).replaceAll("");
                problems.add(NOT_CONVERTED.matcher(problem).replaceAll(" is not valid: "));
            }
            return withVariables("Wrong configuration: " + String.join("; ", problems));
        }
        if (cause instanceof QuarkusBindException bind) {
            return "Cannot listen on port " + bind.getPort() + " of " + bind.getHost() + ": another process uses it";
        }
        return cause instanceof ConfigurationException
                ? withVariables("Wrong configuration: " + cause.getMessage())
                : "Failed to start: " + cause;
    }

    private static boolean isExpected(Throwable cause) {
        return cause instanceof ConfigurationException || cause instanceof ConfigValidationException
                || cause instanceof QuarkusBindException;
    }

    /** The stack trace of a failure that no setting explains. */
    private static String trace(Throwable failure) {
        if (isExpected(ExceptionUtil.getRootCause(failure))) {
            return "";
        }
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return System.lineSeparator() + trace;
    }

    private static String withVariables(String message) {
        return SETTING.matcher(message).replaceAll(found -> {
            String setting = found.group();
            String variable = VARIABLES.getOrDefault(setting, UnknownSettings.variable(setting));
            return Matcher.quoteReplacement(message.contains(variable) ? setting : setting + " (" + variable + ")");
        });
    }
}
