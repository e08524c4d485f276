package dev.millrace.http.problem;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.function.BiConsumer;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;

import dev.millrace.redis.NotReplicatedException;
import dev.millrace.redis.RedisRefusedException;
import dev.millrace.redis.RedisUnavailableException;

/**
 * What a client learns of a failure. This is the only place where a {@link Throwable} becomes an {@link ErrorCode}: the REST layer,
 * Vert.x routes, {@code /redis}, the operator's calls and gRPC all translate here, and then write the result in their own format.
 *
 * @param code the kind of failure
 * @param detail what is wrong this time; null if there is nothing to add
 * @param violations the fields that are wrong; empty unless the code is {@link ErrorCode#INVALID_REQUEST}
 * @param retryAfterSeconds for {@code Retry-After}; 0 if waiting alone does not help
 */
public record Failure(ErrorCode code, @Nullable String detail, List<Violation> violations, int retryAfterSeconds) {

    private static final Logger LOG = Logger.getLogger(Failure.class);
    /** The message of Quarkus' exception for a body that does not announce its length and passes the limit. */
    private static final String BODY_TOO_LARGE = "Request too large";

    /** A failure that may end when the code says. */
    public Failure(ErrorCode code, @Nullable String detail, List<Violation> violations) {
        this(code, detail, violations, code.retryAfterSeconds());
    }

    private Failure(ErrorCode code, @Nullable String detail) {
        this(code, detail, List.of());
    }

    /**
     * Translates a failure. An unexpected one becomes {@link ErrorCode#INTERNAL} without detail, because its message is not meant for
     * clients, and is logged: translate each failure once.
     */
    public static Failure of(@Nullable Throwable failure) {
        if (failure instanceof ApiException e) {
            return new Failure(e.code(), e.getMessage(), e.violations(), e.retryAfterSeconds());
        }
        if (failure instanceof RedisUnavailableException e) {
            return new Failure(e.reason() == RedisUnavailableException.Reason.OVERLOADED
                    ? ErrorCode.OVERLOADED
                    : ErrorCode.REDIS_UNAVAILABLE, e.getMessage());
        }
        if (failure instanceof NotReplicatedException) {
            return new Failure(ErrorCode.NOT_REPLICATED, failure.getMessage());
        }
        if (failure instanceof RedisRefusedException) {
            return new Failure(ErrorCode.REDIS_REFUSED, failure.getMessage());
        }
        if (failure instanceof JacksonException e) {
            return ofJson(e);
        }
        if (failure instanceof WebApplicationException e) {
            return ofRestLayer(e);
        }
        if (failure instanceof IOException && BODY_TOO_LARGE.equals(failure.getMessage())) {
            return ofCode(ErrorCode.TOO_LARGE);
        }
        if (failure instanceof ClosedChannelException) {
            // The client has disconnected while it was answered. Connections to Redis have exceptions of their own.
            return new Failure(ErrorCode.INTERNAL, null);
        }
        return unexpected(failure);
    }

    /** A failure of which nothing but the code is known. */
    public static Failure ofCode(ErrorCode code) {
        return new Failure(code, code.advice());
    }

    private static Failure ofJson(JacksonException e) {
        if (e.getProcessor() instanceof JsonGenerator) {
            // Not the client's body is at fault, but the service's own response.
            return unexpected(e);
        }
        if (e.getCause() instanceof ApiException api) {
            return of(api);
        }
        if (e instanceof StreamConstraintsException || e.getCause() instanceof StreamConstraintsException) {
            return of(ApiException.invalid("",
                    "The body has more than 500,000 values, names and brackets, more than 1,000 levels, or a number of "
                            + "more than 1,000 digits"));
        }
        boolean readable = !(e.getCause() instanceof IOException) || e.getCause() instanceof InputCoercionException;
        if (e instanceof JsonMappingException mapping && readable) {
            return of(ApiException.invalid(List.of(JsonViolations.of(mapping))));
        }
        String at = e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
        return new Failure(ErrorCode.MALFORMED_JSON, "The body is not well-formed JSON" + at);
    }

    /** The REST layer wraps what a deserializer or converter threw; otherwise it knows a status only. */
    private static Failure ofRestLayer(WebApplicationException e) {
        if (e.getCause() instanceof JacksonException || e.getCause() instanceof ApiException) {
            return of(e.getCause());
        }
        ErrorCode code = ErrorCode.ofStatus(e.getResponse().getStatus());
        return code.status() >= 500 ? logged(code, e) : ofCode(code);
    }

    private static Failure unexpected(@Nullable Throwable failure) {
        return logged(ErrorCode.INTERNAL, failure);
    }

    private static Failure logged(ErrorCode code, @Nullable Throwable failure) {
        LOG.error("Unexpected failure", failure);
        return new Failure(code, null);
    }

    /** Passes the header fields that the response must carry to {@code headers}: {@code WWW-Authenticate}, {@code Retry-After}. */
    public void putHeaders(BiConsumer<String, String> headers) {
        if (code.challenge() != null) {
            headers.accept(HttpHeaders.WWW_AUTHENTICATE, code.challenge());
        }
        if (retryAfterSeconds > 0) {
            headers.accept(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfterSeconds));
        }
    }

    /** Returns the body of an HTTP response. {@code path} is the path of the request, as it was sent. */
    public Problem problem(String path) {
        Problem problem = new Problem(code, detail, path, violations);
        // The name that OAuth libraries read (RFC 6749, section 5.2).
        return code == ErrorCode.INVALID_CLIENT ? problem.with("error", "invalid_client") : problem;
    }
}
