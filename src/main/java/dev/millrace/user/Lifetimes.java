package dev.millrace.user;

import java.time.Duration;
import java.util.List;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.redis.Keys;

/** What sessions and refresh tokens require of the user and the times they are asked for with. */
public final class Lifetimes {

    /** The longest of all; browsers keep no cookie longer. */
    public static final Duration MAX = Duration.ofDays(400);

    /** Most bytes of JSON that a record may carry. */
    public static final int MAX_DATA_BYTES = 64 * 1024;

    private Lifetimes() {}

    /** Adds what is wrong to {@code found}; absent times are fine. */
    public static void check(List<Violation> found, String userId, Duration idle, Duration absolute) {
        String problem = Keys.identifierProblem(userId);
        if (problem != null) {
            found.add(new Violation("userId", userId == null ? "must be given" : problem));
        }
        check(found, "idle", idle);
        check(found, "absolute", absolute);
    }

    /** A user's id as it came in a path, or a 400. */
    public static String checkedUser(String userId) {
        String problem = Keys.identifierProblem(userId);
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

    /** A time that was asked for, or else the default, in ms. */
    public static long ms(Duration asked, Duration otherwise) {
        return (asked == null ? otherwise : asked).toMillis();
    }

    /** Whether something may live for so long: 1 ms to 400 days. */
    public static boolean isValid(Duration duration) {
        return duration.toMillis() >= 1 && duration.compareTo(MAX) <= 0;
    }

    /** Refuses an object of more than {@link #MAX_DATA_BYTES}. */
    public static void requireSize(String field, JsonObject object) {
        if (object.bytes() > MAX_DATA_BYTES) {
            throw tooLarge(field);
        }
    }

    /** A 413 that names the field. */
    public static ApiException tooLarge(String field) {
        return new ApiException(ErrorCode.TOO_LARGE, field + " must have at most " + MAX_DATA_BYTES + " bytes of JSON");
    }
}
