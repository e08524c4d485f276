package dev.millrace.kv;

import java.util.concurrent.atomic.AtomicLong;

import jakarta.inject.Singleton;

/** The memory that the replies to all requests of this replica may use at one time, until their responses are written. */
@Singleton
class ReplyMemory {

    /** One reply may use an eighth of the memory, and all together a sixth: they are held twice, the second time as the response. */
    private static final int SHARE_OF_ONE = 8;
    private static final int SHARE_OF_ALL = 6;
    /** Small replies, and the list of commands, always fit. */
    private static final long MIN_BYTES = 2 << 20;

    private final long one = Runtime.getRuntime().maxMemory() / SHARE_OF_ONE;
    private final long all = Runtime.getRuntime().maxMemory() / SHARE_OF_ALL;
    private final AtomicLong held = new AtomicLong();

    /** Returns how many bytes the next reply may have. */
    long available() {
        return Math.max(MIN_BYTES, Math.min(one, all - held.get()));
    }

    /** Returns the maximum size of the replies to one request, in bytes. */
    long ofOneRequest(KvConfig config) {
        return Math.min(config.maxReply().asLongValue(), one);
    }

    void take(long bytes) {
        held.addAndGet(bytes);
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }
}
