package dev.millrace.token;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.Page;
import dev.millrace.http.json.JsonObject;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.user.Lifetimes;
import dev.millrace.user.NewRecord;
import dev.millrace.user.Owner;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RecordPage;
import dev.millrace.user.RemoveCode;
import dev.millrace.user.StoredRecord;
import dev.millrace.user.UserKey;
import dev.millrace.user.UserRecords;

/**
 * Refresh tokens that detect theft (RFC 9700, section 4.14.2). Each token can be rotated once, and is then replaced by its
 * successor. A token that is presented after it was rotated has two holders, and the whole family is revoked. Concurrent tabs, and
 * clients that lost a response, get the same successor within the grace period. A family may also allow for answers that were lost
 * for longer: then a token gets another successor while the first one was never presented.
 *
 * <p>Redis holds digests only. Every call is one atomic script, by Redis' clock.
 */
@ApplicationScoped
public class TokenService {

    private static final int SALT_BYTES = 16;

    private final TokenStore store;
    private final UserRecords records;
    private final TokenKeys keys;
    private final TokenConfig config;
    private final TokenMetrics metrics;
    private final SecureRandom random = new SecureRandom();

    TokenService(TokenStore store, UserRecords records, TokenKeys keys, TokenConfig config, TokenMetrics metrics) {
        this.store = store;
        this.records = records;
        this.keys = keys;
        this.config = config;
        this.metrics = metrics;
    }

    /** Runs early, so that an invalid configuration is reported before anything connects. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        if (!Lifetimes.isValid(config.idle()) || !Lifetimes.isValid(config.absolute())) {
            throw new ConfigurationException("millrace.tokens.idle and .absolute must be between 1 ms and 400 days");
        }
        if (config.grace().compareTo(NewFamily.MAX_GRACE) > 0) {
            throw new ConfigurationException("millrace.tokens.grace must be at most 10 min");
        }
    }

    /**
     * Starts a family and returns its first token. If the user has reached the limit of families, the oldest is evicted.
     *
     * @throws ApiException 400 if the request is not valid, 413 if its claims are too large
     */
    public Uni<IssuedToken> issue(String tenant, NewFamily request) {
        List<Violation> violations = request.violations();
        if (!violations.isEmpty()) {
            throw ApiException.invalid(violations);
        }
        JsonObject claims = request.claims() == null ? JsonObject.EMPTY : request.claims();
        Lifetimes.requireSize("claims", claims);
        UserKey user = UserKey.of(request.userId());
        RefreshToken token = RefreshToken.random(user, random);
        String family = token.family();
        NewRecord record = NewRecord.of(family, token.digest(), request.userId()).withData(claims.text())
                .withTail(TokenStore.tail(Lifetimes.ms(request.grace(), config.grace()),
                        request.lostAnswer() == null ? config.lostAnswer() : request.lostAnswer()))
                .withLifetime(Lifetimes.ms(request.idle(), config.idle()),
                        Lifetimes.ms(request.absolute(), config.absolute()));
        return records.add(owner(tenant, user), record, config.maxPerUser(), true).map(state -> {
            metrics.began();
            return new IssuedToken(token.text(keys),
                    new StoredRecord(family, request.userId(), state, claims.text(), ""));
        });
    }

    /** Rotates a token to its successor; fails with 401 if it is invalid or was already rotated. */
    public Uni<IssuedToken> rotate(String tenant, String refreshToken) {
        RefreshToken token = RefreshToken.parse(refreshToken, keys);
        if (token == null) {
            metrics.rotated(RotationCode.INVALID);
            throw invalid();
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        RefreshToken successor = token.successor(salt);
        return store.rotate(tenant, token, successor, Base64.getUrlEncoder().withoutPadding().encodeToString(salt))
                .map(rotation -> {
                    metrics.rotated(rotation.rotated());
                    return switch (rotation.rotated()) {
                        case FIRST, RENEWED -> new IssuedToken(successor.text(keys), requireNonNull(rotation.family()));
                        case AGAIN -> {
                            StoredRecord family = requireNonNull(rotation.family());
                            yield new IssuedToken(token.successor(Base64.getUrlDecoder()
                                    .decode(TokenStore.salt(family.state()))).text(keys), family);
                        }
                        case REUSED -> throw new ApiException(ErrorCode.TOKEN_REUSED,
                                "The token was already rotated. Its family is revoked: every holder must log in");
                        case SUPERSEDED -> throw new ApiException(ErrorCode.TOKEN_INVALID,
                                "Another call has just rotated the token");
                        case INVALID -> throw invalid();
                    };
                });
    }

    /** Revokes the family of a current or used-up token; does nothing if there is none. */
    public Uni<Void> revokeToken(String tenant, String refreshToken) {
        RefreshToken token = RefreshToken.parse(refreshToken, keys);
        return token == null
                ? Uni.createFrom().voidItem()
                : records.remove(TokenStore.owner(tenant, token), token.family(), null, "logout").replaceWithVoid();
    }

    /** Returns the family whose current token this is, without changing it; null if there is none. */
    public Uni<StoredRecord> inspect(String tenant, String refreshToken) {
        RefreshToken token = RefreshToken.parse(refreshToken, keys);
        return token == null ? Uni.createFrom().nullItem() : store.inspect(tenant, token);
    }

    /** Returns one page of a user's families, newest first. */
    public Uni<RecordPage> list(String tenant, String userId, int limit, String cursor) {
        Page.requireLimit(limit);
        return records.list(owner(tenant, UserKey.of(userId)), limit, Page.decode(cursor));
    }

    /** Revokes one of a user's families. */
    public Uni<Void> revoke(String tenant, String userId, String family) {
        return records.remove(owner(tenant, UserKey.of(userId)), family, null, "revoked").map(ended -> {
            if (ended != RemoveCode.REMOVED) {
                throw new ApiException(ErrorCode.FAMILY_UNKNOWN, "The user has no such family of refresh tokens");
            }
            return null;
        });
    }

    /** Revokes all of a user's families, in the same few steps for any number of families. */
    public Uni<Void> revokeAll(String tenant, String userId) {
        return records.removeAll(owner(tenant, UserKey.of(userId)), null).replaceWithVoid();
    }

    private static Owner owner(String tenant, UserKey user) {
        return new Owner(tenant, RecordKind.TOKEN, user);
    }

    private static ApiException invalid() {
        return new ApiException(ErrorCode.TOKEN_INVALID, "The token is malformed, unknown, has expired or was revoked");
    }
}
