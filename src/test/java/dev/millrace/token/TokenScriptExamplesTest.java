package dev.millrace.token;

import static dev.millrace.redis.VirtualRedis.await;
import static dev.millrace.user.VirtualUser.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.user.CountedRandom;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RecordState;
import dev.millrace.user.StoredRecord;
import dev.millrace.user.VirtualUser;

/** What presenting a refresh token comes to: the first time, at once again, later again, and after its end. */
class TokenScriptExamplesTest {

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final VirtualUser user = new VirtualUser(redis, RecordKind.TOKEN);
    private final TokenStore store = new TokenStore(redis, user.records());
    private final SecureRandom random = new CountedRandom();
    private final RefreshToken first = RefreshToken.random(user.key(), random);
    private final RefreshToken second = first.successor(new byte[]{2});
    private final RefreshToken third = first.successor(new byte[]{3});

    private RecordState begin(RefreshToken token, long idle, long life, long grace) {
        return user.add(token.family(), token.digest(), "{\"a\":1}", "", Long.toString(grace), idle, life, 9, false);
    }

    private RotationResult rotate(RefreshToken token, RefreshToken successor) {
        return await(store.rotate(TENANT, token, successor, "salt"));
    }

    private RotationCode outcome(RefreshToken token, RefreshToken successor) {
        RotationResult rotation = rotate(token, successor);
        assertNull(rotation.family());
        return rotation.rotated();
    }

    private StoredRecord inspect(RefreshToken token) {
        return await(store.inspect(TENANT, token));
    }

    private void pass(long ms) {
        redis.advance(ms * 1000);
    }

    @Test
    void theFirstRotationMakesTheSuccessorThePresentToken() {
        RecordState state = begin(first, 1000, 5000, 0);
        assertEquals(new StoredRecord(first.family(), VirtualUser.NAME, state, "{\"a\":1}", ""), inspect(first));
        pass(300);
        RotationResult rotation = rotate(first, second);
        assertEquals(RotationCode.FIRST, rotation.rotated());
        RecordState rotated = new RecordState(second.digest(), 2, state.created(), redis.ms(), 1000, state.absolute(),
                "0 " + first.digest() + " salt");
        assertEquals(new StoredRecord(first.family(), VirtualUser.NAME, rotated, "{\"a\":1}", ""), rotation.family());
        assertEquals(rotation.family(), inspect(second));
        assertNull(inspect(first));
        assertEquals(Long.toString(redis.ms() + 1000), user.index().get(1), "it is a use");
        assertEquals(3, rotate(second, third).family().state().version());
    }

    @Test
    void whileTheGraceLastsTheTokenBeforeGetsTheSameSuccessor() {
        begin(first, 1000, 5000, 100);
        StoredRecord rotated = rotate(first, second).family();
        pass(99);
        RotationResult again = rotate(first, third);
        assertEquals(RotationCode.AGAIN, again.rotated());
        assertEquals(rotated, again.family());
        pass(1);
        assertEquals(RotationCode.REUSED, outcome(first, third));
        assertNull(inspect(second));
    }

    /** As when two tabs present it at once. */
    @Test
    void withoutGraceTheTokenBeforeIsRefusedForTwoSecondsAndTheFamilyLives() {
        begin(first, 9000, 9000, 0);
        rotate(first, second);
        assertEquals(RotationCode.SUPERSEDED, outcome(first, third));
        pass(1999);
        assertEquals(RotationCode.SUPERSEDED, outcome(first, third));
        assertNotNull(inspect(second));
        pass(1);
        assertEquals(RotationCode.REUSED, outcome(first, third));
        assertNull(inspect(second));
    }

    @Test
    void afterTheGraceThereAreNoTwoSeconds() {
        begin(first, 9000, 9000, 1);
        rotate(first, second);
        pass(1);
        assertEquals(RotationCode.REUSED, outcome(first, third));
    }

    @Test
    void anOlderTokenEndsTheFamilyAtOnceAndEmitsAnEvent() {
        begin(first, 1000, 5000, 500);
        rotate(first, second);
        rotate(second, third);
        assertEquals(RotationCode.REUSED, outcome(first, second));
        assertEquals(RotationCode.INVALID, outcome(third, second));
        assertEquals(List.of("type", "token.reused", "id", first.family(), "user", VirtualUser.NAME),
                user.events().get(1));
        assertTrue(user.isGone());
    }

    @Test
    void theOtherFamiliesOfTheUserLive() {
        begin(first, 1000, 5000, 0);
        RefreshToken other = RefreshToken.random(user.key(), random);
        begin(other, 2000, 5000, 0);
        rotate(first, second);
        rotate(second, third);
        assertEquals(RotationCode.REUSED, outcome(first, second));
        assertNotNull(inspect(other));
        assertEquals(1, user.list(9, null, 1000).records().size());
        assertEquals(2, user.index().size());
        assertEquals(Set.of("user", "last", other.family(), other.family() + ":d"), user.hash().keySet());
        pass(2000);
        assertTrue(user.isDue());
    }

    @Test
    void aTokenIsValidUntilTheMillisecondOfItsEnd() {
        begin(first, 1000, 1500, 0);
        pass(999);
        assertNotNull(inspect(first));
        assertEquals(RotationCode.FIRST, rotate(first, second).rotated());
        assertEquals(Long.toString(redis.ms() + 501), user.index().get(1));
        pass(500);
        assertNotNull(inspect(second));
        pass(1);
        assertNull(inspect(second));
        assertEquals(RotationCode.INVALID, outcome(second, third));
        RefreshToken unused = RefreshToken.random(user.key(), random);
        begin(unused, 1000, 5000, 0);
        pass(1000);
        assertNull(inspect(unused));
        assertEquals(RotationCode.INVALID, outcome(unused, third));
    }

    @Test
    void aTokenOfNoFamilyIsInvalid() {
        assertNull(inspect(first));
        assertEquals(RotationCode.INVALID, outcome(first, second));
    }

    @Test
    void theEventOfAReuseIsKeptForAWeek() {
        begin(first, 1000, 5000, 0);
        rotate(first, second);
        rotate(second, third);
        pass(900);
        outcome(first, second);
        pass(7 * 86_400_000L);
        assertTrue(hasEvents());
        pass(1);
        assertFalse(hasEvents());
    }

    private boolean hasEvents() {
        return redis.content().keySet().stream().anyMatch(key -> key.endsWith("events"));
    }
}
