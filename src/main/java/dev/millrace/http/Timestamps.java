package dev.millrace.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Points in time as clients see them: RFC 3339, in UTC with milliseconds. */
public final class Timestamps {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);

    private Timestamps() {}

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
