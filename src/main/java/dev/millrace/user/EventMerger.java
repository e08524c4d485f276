package dev.millrace.user;

import java.util.ArrayList;
import java.util.List;

/** Collects the events that were read from several streams, and merges them into an {@link EventBatch}. */
final class EventMerger {
    private final int most;
    private final List<UserEvent> read = new ArrayList<>();
    private EventPosition certain = new EventPosition(Long.MAX_VALUE, 0, 0);
    private boolean more;

    /** @param most maximum number of events that were requested of each stream */
    EventMerger(int most) {
        this.most = most;
    }

    /** Adds the clock of a server, in ms. */
    void clock(long now) {
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
        List<UserEvent> events = read.stream().filter(event -> event.position().compareTo(certain) <= 0)
                .sorted((a, b) -> a.position().compareTo(b.position())).toList();
        // Events whose place is not certain yet are no reason to read again at once.
        return new EventBatch(events, more && !events.isEmpty());
    }
}
