package dev.millrace.http.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.problem.ApiException;

/** Points in time as clients see them: RFC 3339, in UTC with milliseconds. */
public final class Timestamps {

    /** Four times as fast as a formatter made from a pattern. */
    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private Timestamps() {}

    /** Writes the points in time of one response, many of which are equal. Not thread-safe. */
    public static final class Series {
        private long lastMs;
        private @Nullable String last;

        /** Writes ms since 1970. */
        public String format(long epochMs) {
            if (last == null || epochMs != lastMs) {
                lastMs = epochMs;
                last = Timestamps.format(epochMs);
            }
            return last;
        }
    }

    /** Writes ms since 1970. */
    public static String format(long epochMs) {
        return FORMAT.format(Instant.ofEpochMilli(epochMs));
    }

    /**
     * Reads an RFC 3339 date-time with any offset, as ms since 1970.
     *
     * @throws ApiException 400 naming {@code field}
     */
    public static long parse(String field, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw ApiException.invalid(field, "must be a point in time such as \"2026-11-24T09:30:00.000Z\"");
        }
    }
}
