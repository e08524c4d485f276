package dev.millrace.http.wire;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

import dev.millrace.http.problem.ErrorCode;

/**
 * A request that HTTP/1.1 does not allow (RFC 9112). Its end, and so the beginning of the next request, cannot be known: the server
 * responds with the problem and closes the connection.
 */
final class RefusedRequest extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String detail;

    RefusedRequest(ErrorCode code, String detail) {
        super(detail, null, false, false);
        this.code = code;
        this.detail = detail;
    }

    /** A 400. */
    static RefusedRequest invalid(String detail) {
        return new RefusedRequest(ErrorCode.INVALID_REQUEST, detail);
    }

    /**
     * Translates what Netty's decoder found.
     *
     * @param body whether it found that in a body, behind a correct head
     */
    static RefusedRequest of(Throwable failure, boolean body) {
        if (failure instanceof RefusedRequest refused) {
            return refused;
        }
        if (failure instanceof TooLongHttpHeaderException) {
            return new RefusedRequest(ErrorCode.HEADERS_TOO_LARGE,
                    "The header fields exceed quarkus.http.limits.max-header-size, 20 KB by default");
        }
        if (failure instanceof TooLongHttpLineException && !body) {
            return new RefusedRequest(ErrorCode.URI_TOO_LONG,
                    "The request line exceeds quarkus.http.limits.max-initial-line-length, 4,096 bytes by default");
        }
        return invalid(body ? "The chunked body is malformed" : "The request line or a header field is malformed");
    }

    ErrorCode code() {
        return code;
    }

    String detail() {
        return detail;
    }
}
