package dev.millrace.http.problem;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.WebApplicationException;

import org.junit.jupiter.params.provider.Arguments;

import com.fasterxml.jackson.core.JsonGenerationException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.redis.NotReplicatedException;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;

/** Every class of failure, with what clients must learn of it: the source of the parameterised tests of each way out. */
public final class Failures {

    /** A word that no client may see. */
    public static final String SECRET = "secret-of-the-house";

    private Failures() {}

    /** Failures with their code and detail; the detail is null where the service has none. */
    public static Stream<Arguments> all() {
        return Stream.of(
                Arguments.of(new ApiException(ErrorCode.POLICY_UNKNOWN, "no policy p"), ErrorCode.POLICY_UNKNOWN,
                        "no policy p"),
                Arguments.of(ApiException.invalid("cost", "must be at least 1"), ErrorCode.INVALID_REQUEST,
                        "cost must be at least 1"),
                Arguments.of(new ApiException(ErrorCode.OVERLOADED, "too many"), ErrorCode.OVERLOADED, "too many"),
                Arguments.of(unavailable(Reason.DOWN), ErrorCode.REDIS_UNAVAILABLE, "DOWN it is"),
                Arguments.of(unavailable(Reason.LOST), ErrorCode.REDIS_UNAVAILABLE, "LOST it is"),
                Arguments.of(unavailable(Reason.TIMEOUT), ErrorCode.REDIS_UNAVAILABLE, "TIMEOUT it is"),
                Arguments.of(unavailable(Reason.REFUSED), ErrorCode.REDIS_UNAVAILABLE, "REFUSED it is"),
                Arguments.of(unavailable(Reason.OVERLOADED), ErrorCode.OVERLOADED, "OVERLOADED it is"),
                Arguments.of(new NotReplicatedException(100), ErrorCode.NOT_REPLICATED,
                        "It is in Redis, but no replica has confirmed it within 100 ms"),
                Arguments.of(new RedisRefusedException("NOPERM"), ErrorCode.REDIS_REFUSED,
                        "Redis refused the call: NOPERM"),
                Arguments.of(json("{"), ErrorCode.MALFORMED_JSON,
                        "The body is not well-formed JSON at line 1, column 2"),
                Arguments.of(json("{\"field\":[]}"), ErrorCode.INVALID_REQUEST, "field must be a string"),
                Arguments.of(new WebApplicationException(json("{\"field\":[]}"), 400), ErrorCode.INVALID_REQUEST,
                        "field must be a string"),
                Arguments.of(new WebApplicationException(ApiException.invalid("limit", "must be a whole number"), 404),
                        ErrorCode.INVALID_REQUEST, "limit must be a whole number"),
                Arguments.of(new NotFoundException(SECRET), ErrorCode.NOT_FOUND,
                        "Check the path. Percent-encode identifiers and keys: user%2F42 is user/42"),
                Arguments.of(new ServiceUnavailableException(SECRET), ErrorCode.OVERLOADED, null),
                Arguments.of(new IOException("Request too large"), ErrorCode.TOO_LARGE,
                        "Send a smaller body: quarkus.http.limits.max-body-size is its limit, 10 MB by default"),
                Arguments.of(new JsonGenerationException(SECRET, generator()), ErrorCode.INTERNAL,
                        null),
                Arguments.of(new IOException(SECRET), ErrorCode.INTERNAL, null),
                Arguments.of(new IllegalStateException(SECRET), ErrorCode.INTERNAL, null),
                Arguments.of(new StackOverflowError(SECRET), ErrorCode.INTERNAL, null),
                Arguments.of(new AssertionError(SECRET), ErrorCode.INTERNAL, null));
    }

    private static RedisUnavailableException unavailable(Reason reason) {
        return new RedisUnavailableException(reason, reason + " it is");
    }

    /** A record for bodies. */
    public record Body(String field) {}

    private static Exception json(String text) {
        try {
            throw new AssertionError(new ObjectMapper().readValue(text, Body.class).toString());
        } catch (JsonProcessingException e) {
            return e;
        }
    }

    private static JsonGenerator generator() {
        try {
            return new ObjectMapper().createGenerator(new java.io.StringWriter());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs an action and returns how many failures it logs. */
    public static int logged(Runnable action) {
        List<LogRecord> records = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public synchronized void publish(LogRecord line) {
                records.add(line);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(Failure.class.getName());
        logger.addHandler(handler);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
        }
        return records.size();
    }
}
