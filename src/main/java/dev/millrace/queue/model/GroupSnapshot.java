package dev.millrace.queue.model;

/**
 * A group of jobs at one moment.
 *
 * @param limits those that hold
 * @param own whether they are its own, not those of the queue
 * @param behind jobs that wait until others of the group have ended, about
 */
public record GroupSnapshot(String group, GroupDefinition limits, boolean own, long behind) {}
