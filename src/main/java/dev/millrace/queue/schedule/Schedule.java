package dev.millrace.queue.schedule;

/**
 * A recurring job of a queue.
 *
 * @param anchorMs {@code every} counts from then: when it was first set, in ms since 1970
 * @param nextMs its next occurrence, in ms since 1970; 0 if there is none any more
 */
public record Schedule(String name, ScheduleDefinition definition, long anchorMs, long nextMs) {}
