package dev.millrace.token;

import static dev.millrace.redis.VirtualRedis.await;
import static dev.millrace.user.VirtualUser.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;

import org.junit.jupiter.api.Test;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.user.CountedRandom;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RecordState;
import dev.millrace.user.VirtualUser;

/** A family that allows for lost answers: a token is rotated again as long as nobody has presented its successor. */
class TokenLostAnswerTest {

    private static final long GRACE = 100;
    private static final long HOUR = 3_600_000;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final VirtualUser user = new VirtualUser(redis, RecordKind.TOKEN);
    private final TokenStore store = new TokenStore(redis, user.records());
    private final CountedRandom random = new CountedRandom();
    private final RefreshToken first = RefreshToken.random(user.key(), random);
    private RotationCode code;

    private void begin(long grace, LostAnswer lostAnswer) {
        user.add(first.family(), first.digest(), "{}", "", TokenStore.tail(grace, lostAnswer), HOUR, 9 * HOUR, 9,
                false);
    }

    /** Rotates as the service does; null without a successor. */
    private RefreshToken rotate(RefreshToken token) {
        byte[] salt = random.salt();
        RefreshToken successor = token.successor(salt);
        RotationResult result = await(store.rotate(TENANT, token, successor,
                Base64.getUrlEncoder().withoutPadding().encodeToString(salt)));
        code = result.rotated();
        if (result.family() == null) {
            return null;
        }
        return code == RotationCode.AGAIN
                ? token.successor(Base64.getUrlDecoder().decode(TokenStore.salt(result.family().state())))
                : successor;
    }

    private void pass(long ms) {
        redis.advance(ms * 1000);
    }

    @Test
    void anUnusedSuccessorIsReplacedAndIsReusedFromThenOn() {
        begin(GRACE, LostAnswer.ALLOW);
        RefreshToken lost = rotate(first);
        pass(HOUR - 1);
        RefreshToken second = rotate(first);
        assertEquals(RotationCode.RENEWED, code);
        assertNotNull(await(store.inspect(TENANT, second)));
        assertNull(await(store.inspect(TENANT, lost)));
        assertNull(rotate(lost));
        assertEquals(RotationCode.REUSED, code);
        assertNull(rotate(second));
        assertEquals(RotationCode.INVALID, code);
        assertTrue(user.isGone());
    }

    @Test
    void tabsThatRetryAtOnceAgreeOnOneSuccessor() {
        begin(GRACE, LostAnswer.ALLOW);
        rotate(first);
        pass(HOUR / 2);
        RefreshToken one = rotate(first);
        pass(GRACE - 1);
        assertEquals(one.digest(), rotate(first).digest());
        assertEquals(RotationCode.AGAIN, code);
    }

    @Test
    void onceTheSuccessorWasPresentedItsPredecessorIsReused() {
        begin(GRACE, LostAnswer.ALLOW);
        RefreshToken second = rotate(first);
        rotate(second);
        assertNull(rotate(first));
        assertEquals(RotationCode.REUSED, code);
    }

    @Test
    void aTokenThatWasNotLostLeadsOn() {
        begin(0, LostAnswer.ALLOW);
        rotate(first);
        RefreshToken second = rotate(first);
        assertEquals(RotationCode.RENEWED, code);
        RefreshToken third = rotate(second);
        assertEquals(RotationCode.FIRST, code);
        assertEquals(4, await(store.inspect(TENANT, third)).state().version());
    }

    @Test
    void anotherFamilyEndsWhereItsClientWasTooLate() {
        begin(GRACE, LostAnswer.DENY);
        rotate(first);
        pass(GRACE);
        assertNull(rotate(first));
        assertEquals(RotationCode.REUSED, code);
    }

    @Test
    void noGraceLastsWhenTheClockWasSetBackBeforeTheRotationButNothingCountsAsStolen() {
        begin(600_000, LostAnswer.DENY);
        RefreshToken second = rotate(first);
        pass(-HOUR);
        assertNull(rotate(first));
        assertEquals(RotationCode.SUPERSEDED, code);
        long now = redis.ms();
        RecordState inspected = await(store.inspect(TENANT, second)).state();
        assertEquals(now + HOUR, inspected.endsAt());
        assertEquals(now, inspected.created());
        assertEquals(now + 9 * HOUR, inspected.absolute());
        RefreshToken third = rotate(second);
        assertEquals(RotationCode.FIRST, code);
        assertEquals(Long.toString(now + HOUR), user.index().get(1));
        assertEquals(Long.toString(now + HOUR), user.dueAt());
        RecordState state = RecordState.parse(user.hash().get(first.family()).toString());
        assertEquals(now, state.created());
        assertEquals(now + 9 * HOUR, state.absolute());
        pass(1);
        assertEquals(third.digest(), rotate(second).digest());
        assertEquals(RotationCode.AGAIN, code);
        assertTrue(user.remove(first.family(), null, "revoked"));
        assertTrue(user.isGone());
    }

    @Test
    void afterTheClockWasSetBackALostAnswerIsStillALostAnswer() {
        begin(GRACE, LostAnswer.ALLOW);
        rotate(first);
        pass(-HOUR);
        assertNotNull(rotate(first));
        assertEquals(RotationCode.RENEWED, code);
    }

    @Test
    void aFamilyOfAnEarlierVersionIsRotated() {
        long now = redis.ms();
        user.set("user", VirtualUser.NAME);
        RefreshToken second = first.successor(new byte[]{2});
        user.set(first.family(),
                String.join(" ", second.digest(), "2", "" + now, "" + now, "" + HOUR, "" + (now + HOUR),
                        "100", first.digest(), "Ag"));
        user.set(first.family() + ":d", "{}");
        assertEquals(second.digest(), rotate(first).digest());
        assertEquals(RotationCode.AGAIN, code);
        assertNotNull(rotate(second));
        assertEquals(RotationCode.FIRST, code);
    }
}
