package dev.millrace.user;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A position in the order of all events of a tenant, although each partition has its own stream: by Redis' time, then by
 * partition, then by number within the ms. Its text is {@code <ms>-<partition>-<number>}.
 */
public record EventPosition(long ms, int partition, long number) implements Comparable<EventPosition> {

    /** Before all events. */
    public static final EventPosition START = new EventPosition(0, 0, 0);

    private static final Comparator<EventPosition> ORDER = Comparator.comparingLong(EventPosition::ms)
            .thenComparingInt(EventPosition::partition).thenComparingLong(EventPosition::number);
    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})-(\\d{1,3})-(\\d{1,18})");

    /** Returns the position after every event before the given ms. */
    public static EventPosition before(long ms) {
        return new EventPosition(ms - 1, UserKey.PARTITIONS, 0);
    }

    /** Parses the result of {@link #toString}, and {@code 0} as the start; null if it is neither. */
    public static @Nullable EventPosition parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            return text.equals("0") ? START : null;
        }
        return new EventPosition(Long.parseLong(m.group(1)), Integer.parseInt(m.group(2)), Long.parseLong(m.group(3)));
    }

    /** Returns the position of an entry of a partition's stream, whose id is {@code <ms>-<number>}. */
    static EventPosition of(int partition, String entryId) {
        int dash = entryId.indexOf('-');
        return new EventPosition(Long.parseLong(entryId.substring(0, dash)), partition,
                Long.parseLong(entryId.substring(dash + 1)));
    }

    @Override
    public int compareTo(EventPosition other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return ms + "-" + partition + "-" + number;
    }
}
