package dev.millrace.http.problem;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** A request that cannot be served, for a reason that the client must know. Carries no stack trace. */
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<Violation> violations;
    private final int retryAfterSeconds;

    public ApiException(ErrorCode code, @Nullable String detail) {
        this(code, detail, List.of(), code.retryAfterSeconds());
    }

    private ApiException(ErrorCode code, @Nullable String detail, List<Violation> violations, int retryAfterSeconds) {
        super(detail, null, false, false);
        this.code = code;
        this.violations = violations;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** A failure that may end after so many seconds. */
    public static ApiException retryAfter(ErrorCode code, String detail, int seconds) {
        return new ApiException(code, detail, List.of(), seconds);
    }

    /** A 400 that names one field. */
    public static ApiException invalid(String field, String message) {
        return invalid(List.of(new Violation(field, message)));
    }

    /** A 400 that names what is wrong with each field. */
    public static ApiException invalid(List<Violation> violations) {
        Violation first = violations.get(0);
        String detail = first.field().isEmpty() ? first.message() : first.field() + " " + first.message();
        return new ApiException(ErrorCode.INVALID_REQUEST, detail, List.copyOf(violations), 0);
    }

    public ErrorCode code() {
        return code;
    }

    /** Seconds for {@code Retry-After}; 0 if waiting alone does not help. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    public List<Violation> violations() {
        return violations;
    }
}
