package dev.millrace.queue.model;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Something that happened to a job, or to a queue.
 *
 * @param id its position in the stream: ms since 1970, a hyphen, and a number
 * @param fields {@code type}, {@code id} of the job (empty if it is about the queue), and further fields of the type
 */
public record QueueEvent(String id, Map<String, String> fields) {

    /** The type, such as {@code job.completed}. */
    public String type() {
        return requireNonNull(fields.get("type"));
    }

    /** When it happened, in ms since 1970. */
    public long ms() {
        return Long.parseLong(id.substring(0, id.indexOf('-')));
    }
}
