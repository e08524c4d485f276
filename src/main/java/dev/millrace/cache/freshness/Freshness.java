package dev.millrace.cache.freshness;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.HttpDates;

/**
 * How long a response is fresh, and how old it was when it arrived (RFC 9111, section 4.2).
 *
 * @param lifetimeMs from the moment at which the origin made it; {@link #UNKNOWN} if the response does not say
 * @param ageMs its age when it arrived
 */
public record Freshness(long lifetimeMs, long ageMs) {

    /** The response says nothing about its lifetime. */
    public static final long UNKNOWN = -1;

    private static final long MAX_MS = CacheControl.MAX_SECONDS * 1000;

    /**
     * Computes the freshness: {@code s-maxage}, else {@code max-age}, else {@code Expires} minus {@code Date}. What cannot be read is a
     * lifetime of 0. The age is that of {@code Age}, of which the first value counts, plus the time that the response took; or that of
     * {@code Date}, if that is more. An {@code Age} that is no number is ignored.
     *
     * @param policy of the same response
     * @param fields returns the lines of a field, whose name is in lower case; empty if it is absent
     * @param requestedAt when the request was sent, ms since 1970
     * @param receivedAt when the response arrived, ms since 1970
     */
    public static Freshness of(CachePolicy policy, Function<String, List<String>> fields, long requestedAt,
            long receivedAt) {
        Instant now = Instant.ofEpochMilli(receivedAt);
        List<String> dates = fields.apply("date");
        Instant date = dates.size() == 1 ? HttpDates.parse(dates.get(0), now) : null;
        // Dates have no fractions of a second, and the origin made the response after it was asked.
        long apparent = date == null ? 0 : Math.max(0, requestedAt / 1000 - date.getEpochSecond()) * 1000;
        long corrected = age(fields.apply("age")) + Math.max(0, receivedAt - requestedAt);
        return new Freshness(lifetime(policy, fields, date == null ? now : date, now),
                Math.min(Math.max(apparent, corrected), MAX_MS));
    }

    private static long lifetime(CachePolicy policy, Function<String, List<String>> fields, Instant date,
            Instant now) {
        for (String directive : List.of("s-maxage", "max-age")) {
            long seconds = policy.control().seconds(directive);
            if (seconds != CacheControl.ABSENT) {
                return Math.max(0, seconds) * 1000;
            }
        }
        List<String> expires = policy.targeted() ? List.of() : fields.apply("expires");
        if (expires.isEmpty()) {
            return UNKNOWN;
        }
        Instant end = expires.size() == 1 && !isUtc(expires.get(0)) ? HttpDates.parse(expires.get(0), now) : null;
        return end == null ? 0 : Math.max(0, Math.min(end.toEpochMilli() - date.toEpochMilli(), MAX_MS));
    }

    /** No date of RFC 9110, though some readers allow it: then the response is not fresh, rather than fresh for some only. */
    private static boolean isUtc(String date) {
        return date.strip().toLowerCase(Locale.ROOT).endsWith("utc");
    }

    private static long age(List<String> lines) {
        String first = lines.isEmpty() ? null : first(lines.get(0));
        return first == null ? 0 : CacheControl.seconds(first, 0) * 1000;
    }

    private static @Nullable String first(String line) {
        int comma = line.indexOf(',');
        return (comma < 0 ? line : line.substring(0, comma)).strip();
    }

    /** Whether the response says how long it is fresh. */
    public boolean isExplicit() {
        return lifetimeMs != UNKNOWN;
    }

    /**
     * Returns how much longer the response is fresh when it arrives, in ms; negative if it was stale by then.
     *
     * @param otherwise its lifetime if it does not say
     */
    public long leftMs(long otherwise) {
        return (isExplicit() ? lifetimeMs : otherwise) - ageMs;
    }
}
