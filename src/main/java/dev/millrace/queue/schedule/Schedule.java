package dev.millrace.queue.schedule;

/**
 * A recurring job of a queue.
 *
 * @param anchorMs when it was set, in ms since 1970; {@code every} counts from then
 * @param nextMs its next occurrence, in ms since 1970; 0 if there is none any more
 */
public record Schedule(String name, ScheduleDefinition definition, long anchorMs, long nextMs) {}
