package dev.millrace.user;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the events that were read from several streams, and merges them into an {@link EventBatch}.
 *
 * <p>A reader's position is always before the clock of every server it has read. If it is not, a clock was set back, or a failover led to a
 * server whose clock is behind: new events come before the position. Then the reader goes back, and gets some events twice.
 */
final class EventMerger {
    /** How far a reader goes back behind a clock that was set back: longer than Redis is away in a failover. */
    static final long GOES_BACK_MS = 60_000;

    private final int most;
    private final EventPosition after;
    private final long toleranceMs;
    private long earliest = Long.MAX_VALUE;
    private final List<UserEvent> read = new ArrayList<>();
    private EventPosition certain = new EventPosition(Long.MAX_VALUE, 0, 0);
    private boolean more;

    /**
     * @param most maximum number of events that were requested of each stream
     * @param after the position after which they were read
     * @param toleranceMs by how much clocks of servers may differ without having been set back
     */
    EventMerger(int most, EventPosition after, long toleranceMs) {
        this.most = most;
        this.after = after;
        this.toleranceMs = toleranceMs;
    }

    /** Adds the clock of a server, in ms. */
    void clock(long now) {
        earliest = Math.min(earliest, now);
        atMost(EventPosition.before(now));
    }

    /** Adds the events of one stream. */
    void stream(List<UserEvent> events) {
        read.addAll(events);
        if (events.size() >= most) {
            more = true;
            atMost(events.get(events.size() - 1).position());
        }
    }

    private void atMost(EventPosition position) {
        certain = position.compareTo(certain) < 0 ? position : certain;
    }

    EventBatch batch() {
        if (after.ms() >= earliest + toleranceMs) {
            return new EventBatch(List.of(), EventPosition.before(Math.max(1, earliest - GOES_BACK_MS)), true);
        }
        List<UserEvent> events = read.stream().filter(event -> event.position().compareTo(certain) <= 0)
                .sorted((a, b) -> a.position().compareTo(b.position())).toList();
        // Events whose place is not certain yet are no reason to read again at once.
        return new EventBatch(events, events.isEmpty() ? after : events.get(events.size() - 1).position(),
                more && !events.isEmpty());
    }
}
