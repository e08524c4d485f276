package dev.millrace.queue.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** When a cron expression in numbers fires, found by looking at every tick of the clock. Slow, and easy to believe. */
record CronReference(String second, String minute, String hour, String dayOfMonth, String month, String dayOfWeek) {

    static CronReference of(String cron) {
        String[] f = cron.split(" ");
        return f.length == 5
                ? new CronReference("0", f[0], f[1], f[2], f[3], f[4])
                : new CronReference(f[0], f[1], f[2], f[3], f[4], f[5]);
    }

    /** Its occurrences in {@code [from, to)}; ticks are as long as its fields ask for, seconds or minutes. */
    List<Instant> occurrences(Instant from, Instant to, ZoneId zone, long tickSeconds) {
        List<Instant> found = new ArrayList<>();
        boolean everyHour = true;
        for (int h = 0; h < 24; h++) {
            everyHour &= allows(hour, 0, 23, h);
        }
        LocalDateTime shown = LocalDateTime.ofInstant(from, zone).minusSeconds(tickSeconds);
        for (Instant at = from; at.isBefore(to); at = at.plusSeconds(tickSeconds)) {
            LocalDateTime local = LocalDateTime.ofInstant(at, zone);
            if (everyHour) {
                if (matches(local)) {
                    found.add(at);
                }
                continue;
            }
            boolean due = false;
            while (shown.isBefore(local)) {
                shown = shown.plusSeconds(tickSeconds);
                due |= matches(shown);
            }
            if (due) {
                found.add(at);
            }
        }
        return found;
    }

    private boolean matches(LocalDateTime t) {
        return allows(hour, 0, 23, t.getHour()) && allows(minute, 0, 59, t.getMinute())
                && allows(second, 0, 59, t.getSecond()) && matches(t.toLocalDate());
    }

    boolean matches(LocalDate d) {
        int weekday = d.getDayOfWeek().getValue();
        boolean inMonth = allows(dayOfMonth, 1, 31, d.getDayOfMonth());
        boolean inWeek = allows(dayOfWeek, 0, 7, weekday) || weekday == 7 && allows(dayOfWeek, 0, 7, 0);
        boolean bothRestricted = dayOfMonth.charAt(0) != '*' && dayOfWeek.charAt(0) != '*';
        return allows(month, 1, 12, d.getMonthValue()) && (bothRestricted ? inMonth || inWeek : inMonth && inWeek);
    }

    private static boolean allows(String field, int least, int most, int value) {
        for (String item : field.split(",")) {
            String[] parts = item.split("/");
            String[] ends = parts[0].split("-");
            int from = parts[0].equals("*") ? least : Integer.parseInt(ends[0]);
            int to = ends.length == 2
                    ? Integer.parseInt(ends[1])
                    : parts[0].equals("*") || parts.length == 2 ? most : from;
            int step = parts.length == 2 ? Integer.parseInt(parts[1]) : 1;
            if (from <= value && value <= to && (value - from) % step == 0) {
                return true;
            }
        }
        return false;
    }
}
