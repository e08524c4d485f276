package dev.millrace.queue.model;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.Violation;

/**
 * Delays a job until no other job with its unique key has been enqueued for a while.
 *
 * @param window how long that is, 1 ms to 400 days
 * @param maxWait how long the job is delayed in all at most, {@code window} to 400 days; null for as long as others come
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Debounce", description = "A duration, which is the window, or both")
public record Debounce(
        @Schema(description = "The job is due when no other job with its key has been enqueued for this time, 1 ms to 400 d", type = SchemaType.STRING, required = true, examples = "5s") @Nullable Duration window,
        @Schema(description = "The job is due after so long in any case, `window` to 400 d; unlimited by default", type = SchemaType.STRING, examples = "1m") @Nullable Duration maxWait) {

    private static final Duration MIN_WINDOW = Duration.ofMillis(1);
    private static final String BOUNDS = "1 ms and 400 days";

    /** Checks that a window is 1 ms to 400 days. */
    static void checkWindow(List<Violation> found, String at, String field, @Nullable Duration window) {
        Bounds.check(found, at, field, window, MIN_WINDOW, Bounds.MAX_DELAY, BOUNDS);
    }

    void check(List<Violation> found, String at) {
        if (window == null) {
            found.add(new Violation(at + "debounce.window", "must be given"));
        }
        checkWindow(found, at, maxWait == null ? "debounce" : "debounce.window", window);
        checkWindow(found, at, "debounce.maxWait", maxWait);
        if (window != null && maxWait != null && maxWait.compareTo(window) < 0) {
            found.add(new Violation(at + "debounce.maxWait", "must not be shorter than window"));
        }
    }

    /** Reads a duration, or an object. */
    @RegisterForReflection
    static final class Reader extends StdDeserializer<Debounce> {
        private static final long serialVersionUID = 1L;

        Reader() {
            super(Debounce.class);
        }

        @Override
        public Debounce deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.currentToken() == JsonToken.START_OBJECT
                    ? context.readValue(parser, Debounce.class)
                    : new Debounce(context.readValue(parser, Duration.class), null);
        }
    }
}
