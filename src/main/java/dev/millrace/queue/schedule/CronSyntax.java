package dev.millrace.queue.schedule;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Parses cron expressions: the five fields of Unix, {@code minute hour day-of-month month day-of-week}, or six with the
 * second in front, or a nickname such as {@code @daily}. A field is {@code *}, a value, a range {@code 1-5} or a list {@code
 * 1,3-5} of them. {@code /2} after {@code *}, a range or a first value takes every second value. Months and days of the week
 * also have English names of three letters, in any case. Sunday is 0 and 7.
 *
 * <p>Items of the day of the month may also be {@code L}, the last day of the month, {@code L-3}, three days before it, {@code LW}, its
 * last day from Monday to Friday, and {@code 15W}, the day from Monday to Friday that is nearest to the 15th. Items of the day of the week
 * may be {@code 5L} or {@code FRIL}, the last Friday of the month, and {@code 5#2}, the second one. The meaning is that of Quartz, except
 * that days of the week count as in Unix.
 *
 * <p>The classic rule applies: a day matches if both its day of the month and its day of the week match. If both fields are
 * restricted, that is, neither begins with {@code *}, one match is enough.
 *
 * <p>cron-utils parses the fields ({@link CronField}), but does not compute the times. Version 9.2.1 leaves out the day on
 * which a time is skipped, misses days next to a step of 1, and takes up to milliseconds.
 */
final class CronSyntax {

    static final int MAX_LENGTH = 128;

    private static final Map<String, String> NICKNAMES = Map.of("@hourly", "0 * * * *", "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *", "@weekly", "0 0 * * 0", "@monthly", "0 0 1 * *", "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");
    private static final LocalDateTime ANY = LocalDateTime.of(2000, 1, 1, 0, 0);

    private CronSyntax() {}

    /**
     * Parses an expression.
     *
     * @throws IllegalArgumentException whose message completes "cron ...": it is not a cron expression, or it never fires
     */
    static CronTimes parse(String cron) {
        if (cron.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("must be at most " + MAX_LENGTH + " characters");
        }
        if (!cron.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 127)) {
            throw new IllegalArgumentException("must consist of ASCII letters, digits, spaces and * , - / # @");
        }
        CronTimes times = times(fields(cron));
        if (times.atOrAfter(ANY, LocalDateTime.MAX) == null) {
            throw new IllegalArgumentException("never fires: none of these months has such a day");
        }
        return times;
    }

    private static List<String> fields(String cron) {
        String text = cron.strip().toUpperCase(Locale.ROOT);
        if (text.startsWith("@")) {
            text = NICKNAMES.get(text.toLowerCase(Locale.ROOT));
            if (text == null) {
                throw new IllegalArgumentException(
                        "must be @hourly, @daily, @weekly, @monthly or @yearly where it begins with @");
            }
        }
        List<String> fields = new ArrayList<>(List.of(text.split("[ \t]+")));
        int count = text.isEmpty() ? 0 : fields.size();
        if (count == 5) {
            fields.add(0, "0");
        } else if (count != 6) {
            throw new IllegalArgumentException("must be five fields: minute hour day-of-month month day-of-week,"
                    + " or six with the second in front, or a nickname such as @daily; has " + count);
        }
        return fields;
    }

    private static CronTimes times(List<String> fields) {
        long[] bits = new long[CronField.values().length];
        CronDays special = CronDays.NONE;
        for (CronField field : CronField.values()) {
            for (String item : fields.get(field.ordinal()).split(",", -1)) {
                CronDays with = switch (field) {
                    case DAY_OF_MONTH -> special.withDayOfMonth(item);
                    case DAY_OF_WEEK -> special.withDayOfWeek(item);
                    default -> null;
                };
                if (with == null) {
                    bits[field.ordinal()] |= field.bits(item);
                } else {
                    special = with;
                }
            }
        }
        return new CronTimes(bits[0], bits[1], bits[2], bits[3], bits[4], (bits[5] | bits[5] >> 7) & 0x7f, special,
                isRestricted(fields, CronField.DAY_OF_MONTH) && isRestricted(fields, CronField.DAY_OF_WEEK));
    }

    private static boolean isRestricted(List<String> fields, CronField field) {
        return !fields.get(field.ordinal()).startsWith("*");
    }
}
