package dev.millrace.redis.link;

import org.jspecify.annotations.Nullable;

import dev.millrace.redis.RedisRefusal;

/** Told of every change of a {@link RedisLink}; called on the link's event loop. */
public interface LinkListener {
    LinkListener NONE = new LinkListener() {
        @Override
        public void connected(RedisLink link) {}

        @Override
        public void disconnected(RedisLink link, String cause, @Nullable RedisRefusal refusal) {}
    };

    void connected(RedisLink link);

    /**
     * @param cause what broke the connection or kept it from opening
     * @param refusal why Redis refused to open it; null if it did not
     */
    void disconnected(RedisLink link, String cause, @Nullable RedisRefusal refusal);

    /** Redis refused a call. If another server may accept it, the connection is opened again, which is no disconnection. */
    default void refused(RedisRefusal refusal, String reply) {}
}
