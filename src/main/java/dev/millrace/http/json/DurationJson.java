package dev.millrace.http.json;

import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;

import dev.millrace.http.problem.InvalidJsonException;

/**
 * Durations in requests: {@code "250ms"}, {@code "30s"}, {@code "15m"}, {@code "2h"}, {@code "7d"}, ISO 8601
 * {@code "PT15M"}, {@code "0"}, which needs no unit, or a number of milliseconds. Written as milliseconds.
 */
public final class DurationJson {

    private static final Pattern SHORT = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
    private static final String EXPECTED = "must be a duration such as \"250ms\", \"30s\", \"15m\", \"2h\", \"7d\", "
            + "\"PT15M\" or a number of milliseconds";
    /** Enough for anything sensible, and far from any overflow. */
    private static final Duration MAX = Duration.ofDays(36_500);

    private DurationJson() {}

    /**
     * Reads the text forms.
     *
     * @throws IllegalArgumentException if it is none of them, negative, or over 100 years
     */
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher m = SHORT.matcher(text);
        if (!m.matches()) {
            try {
                return checked(Duration.parse(text));
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(EXPECTED);
            }
        }
        long n = Long.parseLong(m.group(1));
        try {
            return checked(switch (m.group(2)) {
                case "ms" -> Duration.ofMillis(n);
                case "s" -> Duration.ofSeconds(n);
                case "m" -> Duration.ofMinutes(n);
                case "h" -> Duration.ofHours(n);
                default -> Duration.ofDays(n);
            });
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("must be at most 100 years");
        }
    }

    private static Duration checked(Duration d) {
        if (d.isNegative()) {
            throw new IllegalArgumentException("must not be negative");
        }
        if (d.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("must be at most 100 years");
        }
        return d;
    }

    static final class Deserializer extends StdScalarDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        Deserializer() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            try {
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    return parse(parser.getText());
                }
                if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                    return checked(Duration.ofMillis(parser.getLongValue()));
                }
            } catch (IllegalArgumentException e) {
                throw new InvalidJsonException(parser, e.getMessage());
            }
            throw new InvalidJsonException(parser, EXPECTED);
        }
    }

    static final class Serializer extends StdScalarSerializer<Duration> {
        private static final long serialVersionUID = 1L;

        Serializer() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(value.toMillis());
        }
    }
}
