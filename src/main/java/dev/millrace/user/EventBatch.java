package dev.millrace.user;

import java.util.ArrayList;
import java.util.List;

/**
 * Events of several streams, merged into one order as far as that order is certain.
 *
 * <p>The place of an event is certain once no other event can precede it. Redis replies with its clock: every older event is
 * already there, and every later one will be younger. If streams are on different servers, the server whose clock is behind
 * decides, so clocks that disagree delay events but neither lose nor repeat one. A stream with more events is certain up to the
 * last event that was read from it.
 *
 * @param events the events in order
 * @param more whether more events can be read at once
 */
public record EventBatch(List<UserEvent> events, boolean more) {

    /** Collects the events that were read, and merges them. */
    static final class Merge {
        private final int most;
        private final List<UserEvent> read = new ArrayList<>();
        private EventPosition certain = new EventPosition(Long.MAX_VALUE, 0, 0);
        private boolean more;

        /** @param most maximum number of events that were requested of each stream */
        Merge(int most) {
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
}
