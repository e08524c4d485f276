package dev.millrace.outbound;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.millrace.http.HttpDates;

/** The header field {@code Retry-After} (RFC 9110, 10.2.3): seconds, or a date in one of the forms that {@link HttpDates} reads. */
public final class RetryAfter {

    /** The field is absent or unreadable. */
    public static final long NONE = -1;
    static final long MAX_MS = Duration.ofHours(24).toMillis();

    private static final Pattern SECONDS = Pattern.compile("0*(\\d+)");
    /** Digits of a number of seconds that is above 24 h in any case. */
    private static final int MANY_DIGITS = 15;

    private RetryAfter() {}

    /**
     * Returns how many ms after now to retry, 0 to 24 h; {@link #NONE} if the field does not say.
     *
     * @param value of the field; null if it is absent
     */
    public static long ms(String value, Instant now) {
        if (value == null) {
            return NONE;
        }
        String text = value.strip();
        Matcher seconds = SECONDS.matcher(text);
        if (seconds.matches()) {
            String number = seconds.group(1);
            return number.length() > MANY_DIGITS ? MAX_MS : Math.min(Long.parseLong(number) * 1000, MAX_MS);
        }
        Instant date = HttpDates.parse(text, now);
        return date == null ? NONE : Math.max(0, Math.min(Duration.between(now, date).toMillis(), MAX_MS));
    }
}
