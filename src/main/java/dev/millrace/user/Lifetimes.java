package dev.millrace.user;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.redis.Keys;

/** Validates the user, the times and the data of sessions and refresh tokens. */
public final class Lifetimes {

    /** Maximum lifetime; browsers keep no cookie longer. */
    public static final Duration MAX = Duration.ofDays(400);

    /** Maximum number of bytes of JSON in a record. */
    public static final int MAX_DATA_BYTES = 64 * 1024;

    private Lifetimes() {}

    /** Adds violations to {@code found}; absent times are valid. */
    public static void check(List<Violation> found, String userId, Duration idle, Duration absolute) {
        String problem = Keys.pathIdentifierProblem(userId);
        if (problem != null) {
            found.add(new Violation("userId", userId == null ? "must be given" : problem));
        }
        check(found, "idle", idle);
        check(found, "absolute", absolute);
    }

    /** Returns the user id of a path, or throws a 400. */
    public static String checkedUser(String userId) {
        String problem = Keys.pathIdentifierProblem(userId);
        if (problem != null) {
            throw ApiException.invalid("userId", problem);
        }
        return userId;
    }

    private static void check(List<Violation> found, String field, Duration duration) {
        if (duration != null && !isValid(duration)) {
            found.add(new Violation(field, "must be between 1 ms and 400 days"));
        }
    }

    /** Returns the requested time, or the default, in ms. */
    public static long ms(@Nullable Duration asked, Duration otherwise) {
        return (asked == null ? otherwise : asked).toMillis();
    }

    /** Returns whether the lifetime is within the bounds: 1 ms to 400 days. */
    public static boolean isValid(Duration duration) {
        return duration.toMillis() >= 1 && duration.compareTo(MAX) <= 0;
    }

    /** Refuses an object of more than {@link #MAX_DATA_BYTES}. */
    public static void requireSize(String field, JsonObject object) {
        if (object.bytes() > MAX_DATA_BYTES) {
            throw tooLarge(field);
        }
    }

    /** Returns a 413 that names the field. */
    public static ApiException tooLarge(String field) {
        return new ApiException(ErrorCode.TOO_LARGE, field + " must have at most " + MAX_DATA_BYTES + " bytes of JSON");
    }
}
