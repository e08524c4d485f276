package dev.millrace.http.problem;

import org.jspecify.annotations.Nullable;

/**
 * Every kind of error that clients see: the {@code code} of a problem, its HTTP status and its title.
 * {@code docs/errors.md} says what to do about each.
 */
public enum ErrorCode {
    INVALID_REQUEST("invalid-request", 400, "The request is not valid"),
    MALFORMED_JSON("malformed-json", 400, "The body is not well-formed JSON"),
    UNAUTHENTICATED("unauthenticated", 401, "A valid API key is needed"),
    INVALID_CLIENT("invalid-client", 401, "The client credentials are not valid"),
    SESSION_INVALID("session-invalid", 401, "The session token is not valid"),
    SESSION_ROTATED("session-rotated", 401, "The session token was rotated"),
    TOKEN_INVALID("token-invalid", 401, "The refresh token is not valid"),
    TOKEN_REUSED("token-reused", 401, "The refresh token was used before"),
    FORBIDDEN("forbidden", 403, "The API key lacks the scope"),
    NOT_FOUND("not-found", 404, "No resource has this path"),
    POLICY_UNKNOWN("policy-unknown", 404, "There is no such rate-limit policy"),
    LEASE_UNKNOWN("lease-unknown", 404, "There is no such lease, or it has ended"),
    CACHE_MISS("cache-miss", 404, "The cache has no such entry"),
    CACHE_NOTHING("cache-nothing", 404, "The cache has a negative entry: not found"),
    REGION_UNKNOWN("region-unknown", 404, "There is no such cache region"),
    SESSION_UNKNOWN("session-unknown", 404, "There is no such session, or it has ended"),
    FAMILY_UNKNOWN("family-unknown", 404, "There is no such family of refresh tokens, or it has ended"),
    JOB_UNKNOWN("job-unknown", 404, "There is no such job, or it is no longer retained"),
    SCHEDULE_UNKNOWN("schedule-unknown", 404, "There is no such schedule"),
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "The method is not allowed here"),
    NOT_ACCEPTABLE("not-acceptable", 406, "The response is not available in an accepted media type"),
    REQUEST_TIMEOUT("request-timeout", 408, "The request took too long to arrive"),
    ALGORITHM_MISMATCH("algorithm-mismatch", 409, "The policy's algorithm does not offer this"),
    POLICY_CONFIGURED("policy-configured", 409, "The policy comes from the configuration and cannot be changed here"),
    POLICY_LIMIT("policy-limit", 409, "The tenant has the maximum number of policies"),
    LEASE_VOID("lease-void", 409, "The lease is void: the value may be out of date"),
    REGION_NOT_LISTED("region-not-listed", 409, "The cache region does not list its keys"),
    VARIANT_LIMIT("variant-limit", 409, "The key has as many variants as it may have"),
    REGION_LIMIT("region-limit", 409, "The tenant has the maximum number of cache regions"),
    SESSION_LIMIT("session-limit", 409, "The user has the maximum number of sessions"),
    LEASE_STALE("lease-stale", 409, "The lease is not the job's current one"),
    JOB_STATE("job-state", 409, "The job is not in a state for this"),
    QUEUE_LIMIT("queue-limit", 409, "The tenant has the maximum number of queues"),
    GROUP_LIMIT("group-limit", 409, "The queue has the maximum number of groups with limits of their own"),
    SCHEDULE_LIMIT("schedule-limit", 409, "The queue has the maximum number of schedules"),
    PRECONDITION_FAILED("precondition-failed", 412, "The data has changed since it was read"),
    TOO_LARGE("too-large", 413, "The body is too large"),
    URI_TOO_LONG("uri-too-long", 414, "The request line is too long"),
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "The body's media type is not supported"),
    EXPECTATION_FAILED("expectation-failed", 417, "The expectation is not supported"),
    RATE_LIMITED("rate-limited", 429, "The rate limit is exceeded"),
    ORIGIN_LIMITED("origin-limited", 429, "The origin asks for fewer requests"),
    LISTENER_LIMIT("listener-limit", 429, "The key or its tenant has the maximum number of listeners"),
    HEADERS_TOO_LARGE("headers-too-large", 431, "The header fields are too large"),
    INTERNAL("internal", 500, "Something went wrong in the service"),
    NOT_IMPLEMENTED("not-implemented", 501, "The service does not support this part of HTTP"),
    ORIGIN_FAILED("origin-failed", 502, "The origin failed"),
    REDIS_REFUSED("redis-refused", 502, "Redis refuses the command"),
    REDIS_UNAVAILABLE("redis-unavailable", 503, "Redis is not available"),
    NOT_REPLICATED("not-replicated", 503, "No replica of Redis has confirmed it"),
    OVERLOADED("overloaded", 503, "The service is overloaded"),
    VERSION_NOT_SUPPORTED("version-not-supported", 505, "The version of HTTP is not supported");

    private final String code;
    private final int status;
    private final String title;

    ErrorCode(String code, int status, String title) {
        this.code = code;
        this.status = status;
        this.title = title;
    }

    /** Returns the stable name that clients may test for. */
    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    /** One sentence, the same for every occurrence. */
    public String title() {
        return title;
    }

    /** The problem type (RFC 9457); registered ones where they exist. */
    public String type() {
        return this == RATE_LIMITED
                ? "https://iana.org/assignments/http-problem-types#quota-exceeded"
                : "urn:millrace:problem:" + code;
    }

    /** The {@code WWW-Authenticate} that a 401 must carry (RFC 9110), or null for other statuses. */
    @Nullable
    String challenge() {
        return switch (this) {
            case UNAUTHENTICATED -> "Bearer realm=\"millrace\"";
            case INVALID_CLIENT -> "Basic realm=\"millrace\", charset=\"UTF-8\"";
            case SESSION_INVALID, SESSION_ROTATED -> "Session-Token realm=\"millrace\"";
            case TOKEN_INVALID, TOKEN_REUSED -> "Refresh-Token realm=\"millrace\"";
            default -> null;
        };
    }

    /** What to do, where only the status of a failure is known. */
    @Nullable
    String advice() {
        return switch (this) {
            case NOT_FOUND -> "Check the path. Percent-encode identifiers and keys: user%2F42 is user/42";
            case NOT_ACCEPTABLE -> "Send an Accept that includes application/json or, for events, text/event-stream";
            case TOO_LARGE -> "Send a smaller body: quarkus.http.limits.max-body-size is its limit, 10 MB by default";
            case METHOD_NOT_ALLOWED -> "Allow lists the methods of this path";
            default -> null;
        };
    }

    /** Seconds after which the same request may succeed, for {@code Retry-After}; 0 if waiting alone does not help. */
    int retryAfterSeconds() {
        return switch (this) {
            case REDIS_UNAVAILABLE, NOT_REPLICATED, OVERLOADED -> 1;
            default -> 0;
        };
    }

    /** Returns the code that fits {@code status} best, for failures that carry nothing else. */
    public static ErrorCode ofStatus(int status) {
        return switch (status) {
            case 401 -> UNAUTHENTICATED;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 408 -> REQUEST_TIMEOUT;
            case 413 -> TOO_LARGE;
            case 414 -> URI_TOO_LONG;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 417 -> EXPECTATION_FAILED;
            case 431 -> HEADERS_TOO_LARGE;
            case 501 -> NOT_IMPLEMENTED;
            case 503 -> OVERLOADED;
            case 505 -> VERSION_NOT_SUPPORTED;
            default -> status >= 400 && status < 500 ? INVALID_REQUEST : INTERNAL;
        };
    }
}
