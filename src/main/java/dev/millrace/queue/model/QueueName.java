package dev.millrace.queue.model;

import dev.millrace.http.problem.ApiException;
import dev.millrace.redis.Keys;

/** A queue of a tenant. */
public record QueueName(String tenant, String queue) {

    public static final String FEATURE = "q";

    /** The queue of that name; fails with 400 if it can be none. */
    public static QueueName of(String tenant, String queue) {
        if (!Keys.isName(queue)) {
            throw ApiException.invalid("queue", "must be 1 to 64 of the characters A-Z a-z 0-9 . _ -");
        }
        return new QueueName(tenant, queue);
    }

    /** The key of one part of it. */
    public String key(String part) {
        return Keys.key(tenant, FEATURE, queue, part);
    }
}
