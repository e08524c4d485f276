package dev.millrace.kv;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The tokens of the header field {@code upstash-sync-token}. No two requests that may write get the same token, also on different
 * replicas; a request that only reads gets that of the last write on its replica. Upstash needs it to read own writes from its replicas.
 * Here clients always do, so the token is not read.
 */
final class SyncTokens {

    private final long replica = UUID.randomUUID().getMostSignificantBits();
    private final AtomicLong writes = new AtomicLong();

    /** Returns the token of a request. */
    String of(boolean mayHaveWritten) {
        long write = mayHaveWritten ? writes.incrementAndGet() : writes.get();
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(ByteBuffer.allocate(2 * Long.BYTES).putLong(replica).putLong(write).array());
    }
}
