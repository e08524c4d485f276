package dev.millrace.outbound;

import org.jspecify.annotations.Nullable;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * What came of a request.
 *
 * @param status of the response; 0 if there was none
 * @param fields header fields of the response; empty if there was none
 * @param body what was read of its body, at most the request's limit
 * @param whole whether that is all of the body
 * @param timedOut whether it failed because its time was over
 * @param failure what went wrong, as a clause about the host, such as "it refuses connections"; null if the response was read
 *            whole or up to the limit. It holds no query, and no text of the host's
 */
public record OutboundResponse(int status, MultiMap fields, Buffer body, boolean whole, boolean timedOut,
        @Nullable String failure) {

    /** The value of a response's header field; null if it has none. */
    public String field(CharSequence name) {
        return fields.get(name);
    }
}
