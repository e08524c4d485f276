package dev.millrace.user;

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
 * @param last where to continue: the position of the last event, or an earlier one if Redis' clock was set back
 * @param more whether more events can be read at once
 */
public record EventBatch(List<UserEvent> events, EventPosition last, boolean more) {

}
