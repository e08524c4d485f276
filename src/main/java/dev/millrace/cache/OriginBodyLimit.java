package dev.millrace.cache;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

import dev.millrace.cache.OriginAnswer.Kind;
import dev.millrace.http.body.RequestBodies;
import dev.millrace.memory.FairBudget;
import dev.millrace.outbound.OutboundRequest;

/**
 * How much of an origin's response is read: nothing of one that cannot be used, otherwise no more than the region stores and there is
 * memory for. A body that announces its length takes its memory before it is read, another one as it arrives.
 */
final class OriginBodyLimit implements OutboundRequest.BodyLimit {

    private final int maxBytes;
    private final FairBudget.Share memory;
    private long admitted;
    private long arrived;
    private boolean overloaded;

    OriginBodyLimit(int maxBytes, FairBudget.Share memory) {
        this.maxBytes = maxBytes;
        this.memory = memory;
    }

    @Override
    public int maxBytes(int status, MultiMap fields) {
        if (OriginClient.problem(status, fields) != null || Kind.of(status) == Kind.LIMITED) {
            return UNREAD;
        }
        String length = fields.get(HttpHeaders.CONTENT_LENGTH);
        long announced = length != null && length.matches("\\d{1,18}") ? Long.parseLong(length) : 0;
        return announced <= maxBytes && take(announced) ? maxBytes : UNREAD;
    }

    @Override
    public boolean admits(int bytes) {
        arrived += bytes;
        return take(arrived);
    }

    private boolean take(long bytes) {
        if (bytes > RequestBodies.SMALL && bytes > admitted) {
            if (!memory.take(bytes - admitted)) {
                overloaded = true;
                return false;
            }
            admitted = bytes;
        }
        return true;
    }

    /** Whether the response was not read because there was no memory for it. */
    boolean isOverloaded() {
        return overloaded;
    }
}
