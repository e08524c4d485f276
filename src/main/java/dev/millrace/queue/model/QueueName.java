package dev.millrace.queue.model;

import dev.millrace.http.problem.ApiException;
import dev.millrace.redis.Keys;

/** The name of a queue of a tenant. */
public record QueueName(String tenant, String queue) {

    /** The name of the feature in Redis keys. */
    public static final String FEATURE = "q";

    /**
     * The name of a queue.
     *
     * @throws ApiException 400 if {@code queue} is not 1 to 64 of the characters A-Z a-z 0-9 . _ -
     */
    public static QueueName of(String tenant, String queue) {
        if (!Keys.isName(queue)) {
            throw ApiException.invalid("queue", "must be 1 to 64 of the characters A-Z a-z 0-9 . _ -");
        }
        return new QueueName(tenant, queue);
    }

    /** The key that its scripts take; they derive the names of its other keys from it. */
    public String metaKey() {
        return Keys.queueMeta(tenant, queue);
    }

    /** The channel that says when it has jobs for those who wait. */
    public String wakeChannel() {
        return Keys.queueWakeChannel(tenant, queue);
    }
}
