package dev.millrace.outbound;

import java.net.URI;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;

/**
 * A request to send once.
 *
 * @param method such as GET
 * @param url http or https
 * @param timeoutMs from looking the name up to the end of the response; positive
 * @param fields sets the header fields, when a connection is open
 * @param body null for none
 * @param bodyLimit how much of the response's body to read
 */
public record OutboundRequest(HttpMethod method, URI url, long timeoutMs, Consumer<MultiMap> fields,
        @Nullable Buffer body,
        BodyLimit bodyLimit) {

    /** How much of a response's body to read. If it is longer, the rest is not read, and the connection is closed. */
    public interface BodyLimit {

        /** Closes the connection without reading the body. */
        int UNREAD = -1;

        /** The most bytes to read, or {@link #UNREAD}. */
        int maxBytes(int status, MultiMap fields);

        /** Whether there is memory for the body's next bytes; if not, the rest is not read either. */
        default boolean admits(int bytes) {
            return true;
        }
    }
}
