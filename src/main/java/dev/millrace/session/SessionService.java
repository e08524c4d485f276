package dev.millrace.session;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.Page;
import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.Timestamps;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.user.Lifetimes;
import dev.millrace.user.NewRecord;
import dev.millrace.user.Owner;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RemoveAllResult;
import dev.millrace.user.RemoveCode;
import dev.millrace.user.StoredRecord;
import dev.millrace.user.UserKey;
import dev.millrace.user.UserRecords;

/**
 * Sessions of users. A session is valid until it is logged out, revoked, evicted, unused for {@code idle}, or {@code absolute} old.
 * After that no concurrent call revives it. Every call is one atomic script in Redis, by Redis' clock. While Redis is unavailable
 * every call fails: no token is accepted without a check.
 */
@ApplicationScoped
public class SessionService {

    /** Maximum number of sessions of any user. */
    public static final int MAX_PER_USER = 10_000;

    /** Maximum grace of a rotation. */
    static final Duration MAX_GRACE = Duration.ofMinutes(10);

    private static final int SALT_BYTES = 16;

    /** How far ahead of this node's clock an {@code authTime} may be. */
    private static final long CLOCK_TOLERANCE_MS = 60_000;

    private final SessionStore store;
    private final UserRecords records;
    private final SessionConfig config;
    private final SessionMetrics metrics;
    private final SecureRandom random = new SecureRandom();

    SessionService(SessionStore store, UserRecords records, SessionConfig config, SessionMetrics metrics) {
        this.store = store;
        this.records = records;
        this.config = config;
        this.metrics = metrics;
    }

    /** Runs early, so that an invalid configuration is reported before anything connects. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        if (!Lifetimes.isValid(config.idle()) || !Lifetimes.isValid(config.absolute())) {
            throw new ConfigurationException(
                    "millrace.sessions.idle and .absolute must be between 1 ms and 400 days");
        }
        if (config.grace().compareTo(MAX_GRACE) > 0) {
            throw new ConfigurationException("millrace.sessions.grace must be at most 10 min");
        }
    }

    /**
     * Opens a session.
     *
     * @throws ApiException 400 if the request is not valid, 413 if its data is too large; the Uni fails with 409 if the user
     *         has reached the limit of sessions
     */
    public Uni<OpenedSession> create(String tenant, NewSession request) {
        List<Violation> violations = request.violations();
        if (!violations.isEmpty()) {
            throw ApiException.invalid(violations);
        }
        JsonObject data = request.data() == null ? JsonObject.EMPTY : request.data();
        Lifetimes.requireSize("data", data);
        UserKey user = UserKey.of(request.userId());
        SessionToken token = SessionToken.random(user, random);
        int most = request.maxPerUser() == null ? config.maxPerUser() : request.maxPerUser();
        String device = request.device() == null ? "" : request.device().toJson().text();
        NewRecord record = NewRecord.of(token.id(), token.digest(), request.userId()).withData(data.text())
                .withDevice(device).withTail(Long.toString(authTime(request)))
                .withLifetime(Lifetimes.ms(request.idle(), config.idle()),
                        Lifetimes.ms(request.absolute(), config.absolute()));
        return records.add(owner(tenant, user), record, most, request.onLimit() == OnLimit.EVICT_OLDEST)
                .map(state -> {
                    metrics.count(SessionOperation.CREATE,
                            state == null ? OperationOutcome.REFUSED : OperationOutcome.OK);
                    if (state == null) {
                        throw new ApiException(ErrorCode.SESSION_LIMIT, "The user has " + most
                                + " or more sessions. End one, or send \"onLimit\":\"evict-oldest\"");
                    }
                    return new OpenedSession(token,
                            Session.of(token.id(), request.userId(), state, data.text(), device));
                });
    }

    private static long authTime(NewSession request) {
        if (request.authTime() == null) {
            return 0;
        }
        long time = Timestamps.parse("authTime", request.authTime());
        if (time <= 0 || time > System.currentTimeMillis() + CLOCK_TOLERANCE_MS) {
            throw ApiException.invalid("authTime", "must not be in the future or before 1970");
        }
        return time;
    }

    /**
     * Returns the session of a token.
     *
     * @param touch whether this counts as use
     */
    public Uni<Session> current(String tenant, String token, boolean touch) {
        return current(tenant, parsed(SessionOperation.CURRENT, token), touch);
    }

    /** As above, for a parsed token. */
    Uni<Session> current(String tenant, SessionToken token, boolean touch) {
        return store.current(tenant, token, touch)
                .map(read -> found(SessionOperation.CURRENT, read.session(), read.code() == CurrentCode.SUPERSEDED));
    }

    /**
     * Returns the session of a token without counting as use; null if there is none. For the token before the last rotation, the session
     * ends with the grace.
     */
    public Uni<StoredRecord> inspect(String tenant, String token) {
        SessionToken parsed = SessionToken.parse(token);
        Uni<StoredRecord> found = parsed == null
                ? Uni.createFrom().nullItem()
                : store.current(tenant, parsed, false).map(read -> ofToken(parsed, read.session()));
        return found
                .invoke(stored -> metrics.count(SessionOperation.INTROSPECT,
                        stored == null ? OperationOutcome.INVALID : OperationOutcome.OK));
    }

    private static @Nullable StoredRecord ofToken(SessionToken token, @Nullable StoredRecord s) {
        if (s == null || s.state().digest().equals(token.digest())) {
            return s;
        }
        long end = Math.min(SessionTail.graceEnd(s.state()), s.state().absolute());
        return new StoredRecord(s.id(), s.user(), s.state().withAbsolute(end), s.data(), s.device());
    }

    /**
     * Merges a patch into a session's data (RFC 7396). Counts as use.
     *
     * @param versions one of which the session must have, otherwise 412; null for any version
     */
    public Uni<Session> patch(String tenant, String token, JsonObject patch, @Nullable List<Long> versions) {
        Lifetimes.requireSize("data", patch);
        return store
                .patch(tenant, parsed(SessionOperation.PATCH, token), patch.text(), versions, Lifetimes.MAX_DATA_BYTES)
                .map(outcome -> {
                    metrics.count(SessionOperation.PATCH, switch (outcome.patched()) {
                        case DONE -> OperationOutcome.OK;
                        case INVALID -> OperationOutcome.INVALID;
                        case SUPERSEDED -> OperationOutcome.ROTATED;
                        case STALE, TOO_LARGE -> OperationOutcome.REFUSED;
                    });
                    return switch (outcome.patched()) {
                        case DONE -> session(requireNonNull(outcome.session()));
                        case INVALID -> throw invalid();
                        case SUPERSEDED -> throw rotated();
                        case STALE -> throw new ApiException(ErrorCode.PRECONDITION_FAILED,
                                "The session's version is " + outcome.version());
                        case TOO_LARGE -> throw Lifetimes.tooLarge("data");
                    };
                });
    }

    /**
     * Rotates the token of a session. While the grace lasts, the presented token still reads and ends the session, and rotating it again
     * returns the same successor.
     *
     * @param grace null for that of the configuration; with 0 the presented token is invalid from then on
     * @param reauthenticated whether the user has just authenticated again
     */
    public Uni<OpenedSession> rotate(String tenant, String token, @Nullable Duration grace, boolean reauthenticated) {
        SessionToken presented = parsed(SessionOperation.ROTATE, token);
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        SessionToken successor = presented.successor(salt);
        return store.rotate(tenant, presented, successor, Base64.getUrlEncoder().withoutPadding().encodeToString(salt),
                Lifetimes.ms(grace, config.grace()), reauthenticated)
                .map(rotation -> {
                    Session session = found(SessionOperation.ROTATE, rotation.session(),
                            rotation.code() == RotateCode.SUPERSEDED);
                    return new OpenedSession(rotation.code() == RotateCode.FIRST
                            ? successor
                            : presented.successor(Base64.getUrlDecoder()
                                    .decode(SessionTail.salt(requireNonNull(rotation.session()).state()))),
                            session);
                });
    }

    /** Ends the session of a token, or of the token before while the grace of its rotation lasts. */
    public Uni<Void> logOut(String tenant, String token) {
        return end(tenant, parsed(SessionOperation.LOGOUT, token)).map(ended -> switch (ended) {
            case REMOVED -> null;
            case NONE -> throw invalid();
            case SUPERSEDED -> throw rotated();
        });
    }

    /** Ends the session of a token if there is one. */
    public Uni<Void> revokeToken(String tenant, String token) {
        SessionToken parsed = SessionToken.parse(token);
        return parsed == null ? Uni.createFrom().voidItem() : end(tenant, parsed).replaceWithVoid();
    }

    private Uni<RemoveCode> end(String tenant, SessionToken token) {
        return records.remove(SessionStore.owner(tenant, token), token.id(), token.digest(), "logout")
                .invoke(ended -> metrics.count(SessionOperation.LOGOUT, switch (ended) {
                    case REMOVED -> OperationOutcome.OK;
                    case NONE -> OperationOutcome.INVALID;
                    case SUPERSEDED -> OperationOutcome.ROTATED;
                }));
    }

    /** Returns one page of a user's sessions, newest first. */
    public Uni<Page<Session>> list(String tenant, String userId, int limit, String cursor) {
        Page.requireLimit(limit);
        return records.list(owner(tenant, UserKey.of(userId)), limit, Page.decode(cursor))
                .map(listing -> new Page<>(listing.records().stream().map(SessionService::session).toList(),
                        Page.encode(listing.next())));
    }

    /** Ends one of a user's sessions. */
    public Uni<Void> revoke(String tenant, String userId, String id) {
        return records.remove(owner(tenant, UserKey.of(userId)), id, null, "revoked").map(ended -> {
            boolean done = ended == RemoveCode.REMOVED;
            metrics.count(SessionOperation.REVOKE, done ? OperationOutcome.OK : OperationOutcome.INVALID);
            if (!done) {
                throw unknown();
            }
            return null;
        });
    }

    /**
     * Ends all of a user's sessions, in the same few steps for any number of sessions.
     *
     * @param except id of the session to keep, or null; if it is not valid, no session is ended
     */
    public Uni<Void> revokeAll(String tenant, String userId, String except) {
        return records.removeAll(owner(tenant, UserKey.of(userId)), except).map(removal -> {
            boolean done = removal == RemoveAllResult.DONE;
            metrics.count(SessionOperation.REVOKE_ALL, done ? OperationOutcome.OK : OperationOutcome.INVALID);
            if (!done) {
                throw unknown();
            }
            return null;
        });
    }

    private Session found(SessionOperation operation, @Nullable StoredRecord stored, boolean rotated) {
        metrics.count(operation, stored != null
                ? OperationOutcome.OK
                : rotated ? OperationOutcome.ROTATED : OperationOutcome.INVALID);
        if (stored == null) {
            throw rotated ? rotated() : invalid();
        }
        return session(stored);
    }

    private SessionToken parsed(SessionOperation operation, String token) {
        SessionToken parsed = SessionToken.parse(token);
        if (parsed == null) {
            metrics.count(operation, OperationOutcome.INVALID);
            throw token == null
                    ? new ApiException(ErrorCode.SESSION_INVALID,
                            "Send the session's token in the header Session-Token")
                    : invalid();
        }
        return parsed;
    }

    private static Session session(StoredRecord s) {
        return Session.of(s.id(), s.user(), s.state(), s.data(), s.device());
    }

    private static Owner owner(String tenant, UserKey user) {
        return new Owner(tenant, RecordKind.SESSION, user);
    }

    private static ApiException invalid() {
        return new ApiException(ErrorCode.SESSION_INVALID, "The session is unknown, has expired or was ended");
    }

    private static ApiException rotated() {
        return new ApiException(ErrorCode.SESSION_ROTATED,
                "The session lives, but its token was rotated. Send the new token, and do not delete it from the client");
    }

    private static ApiException unknown() {
        return new ApiException(ErrorCode.SESSION_UNKNOWN, "The user has no such session");
    }
}
