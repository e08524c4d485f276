package dev.millrace.user;

import java.util.ArrayList;
import java.util.List;

/**
 * Events of several streams brought into one order, as far as it is certain.
 *
 * <p>An event is certain once nothing can come before it any more. Redis answers with its clock: whatever is older than that
 * is there, whatever comes will be younger. Where streams live on different servers, the server whose clock is behind counts;
 * so clocks that disagree delay events, and neither lose nor repeat one. A stream that had more to give is certain up to the
 * last event it gave.
 *
 * @param events in order
 * @param more whether there is more to read at once
 */
public record EventBatch(List<UserEvent> events, boolean more) {

    /** Collects what was read, and sorts it out. */
    static final class Merge {
        private final int most;
        private final List<UserEvent> read = new ArrayList<>();
        private EventPosition certain = new EventPosition(Long.MAX_VALUE, 0, 0);
        private boolean more;

        /** @param most events that were asked for of each stream */
        Merge(int most) {
            this.most = most;
        }

        /** The clock of a server, ms. */
        void clock(long now) {
            atMost(EventPosition.before(now));
        }

        /** What one stream gave. */
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
            // What is not certain yet is no reason to read it again at once.
            return new EventBatch(events, more && !events.isEmpty());
        }
    }
}
