package dev.millrace.session;

import static dev.millrace.redis.VirtualRedis.await;
import static dev.millrace.user.VirtualUser.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.user.CountedRandom;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RecordState;
import dev.millrace.user.RemoveCode;
import dev.millrace.user.UserRecords;
import dev.millrace.user.VirtualUser;

/** What the token before a rotation still does, for how long, and what Redis holds meanwhile. */
class SessionRotationExamplesTest {

    private static final long GRACE = 1000;
    private static final long HOUR = UserRecords.ROTATION_REMEMBERED_MS;
    private static final long DAY = 24 * HOUR;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final SessionStore store = new SessionStore(redis);
    private final VirtualUser user = new VirtualUser(redis, RecordKind.SESSION);
    private final CountedRandom random = new CountedRandom();
    private final SessionToken first = SessionToken.random(user.key(), random);
    private final byte[] salt = random.salt();
    private final SessionToken second = first.successor(salt);

    @BeforeEach
    void open() {
        user.add(first.id(), first.digest(), "{}", "", "0", DAY, DAY, 9, false);
    }

    private RotateResult rotate(SessionToken token, byte[] salt, long grace) {
        return await(store.rotate(TENANT, token, token.successor(salt),
                Base64.getUrlEncoder().withoutPadding().encodeToString(salt), grace, false));
    }

    private CurrentCode read(SessionToken token) {
        return await(store.current(TENANT, token, true)).code();
    }

    private PatchCode patch(SessionToken token) {
        return await(store.patch(TENANT, token, "{}", null, 100)).patched();
    }

    private void pass(long ms) {
        redis.advance(ms * 1000);
    }

    @Test
    void itReadsWhileTheGraceLastsAndIsToldApartForAnHour() {
        assertEquals(RotateCode.FIRST, rotate(first, salt, GRACE).code());
        pass(GRACE - 1);
        assertEquals(CurrentCode.FOUND, read(first));
        assertEquals(CurrentCode.FOUND, read(second));
        pass(1);
        assertEquals(CurrentCode.SUPERSEDED, read(first));
        assertEquals(RotateCode.SUPERSEDED, rotate(first, random.salt(), GRACE).code());
        pass(HOUR - GRACE - 1);
        assertEquals(CurrentCode.SUPERSEDED, read(first));
        assertEquals(RemoveCode.SUPERSEDED, user.removal(first.id(), first.digest(), "logout"));
        pass(1);
        assertEquals(CurrentCode.INVALID, read(first));
        assertEquals(RotateCode.INVALID, rotate(first, salt, GRACE).code());
        assertEquals(PatchCode.INVALID, patch(first));
        assertEquals(RemoveCode.NONE, user.removal(first.id(), first.digest(), "logout"));
        assertEquals(CurrentCode.FOUND, read(second));
        assertEquals("0", RecordState.parse(user.hash().get(first.id()).toString()).tail());
    }

    @Test
    void itIsRotatedToTheSameTokenAgain() {
        rotate(first, salt, GRACE);
        RotateResult again = rotate(first, random.salt(), GRACE);
        assertEquals(RotateCode.AGAIN, again.code());
        byte[] kept = Base64.getUrlDecoder().decode(SessionTail.salt(again.session().state()));
        assertEquals(second.text(), first.successor(kept).text());
        assertEquals(second.digest(), again.session().state().digest());
        assertEquals(RotateCode.SUPERSEDED, rotate(first, random.salt(), 0).code(), "0 takes the present token only");
    }

    @Test
    void itChangesNothingButEndsTheSession() {
        rotate(first, salt, GRACE);
        assertEquals(PatchCode.SUPERSEDED, patch(first));
        assertEquals(PatchCode.DONE, patch(second));
        assertEquals(RemoveCode.REMOVED, user.removal(first.id(), first.digest(), "logout"));
        assertEquals(CurrentCode.INVALID, read(first));
        assertEquals(CurrentCode.INVALID, read(second));
    }

    @Test
    void withoutAGraceItIsInvalidAtOnceAndToldApart() {
        rotate(first, salt, 0);
        assertEquals(CurrentCode.SUPERSEDED, read(first));
        assertEquals(RemoveCode.SUPERSEDED, user.removal(first.id(), first.digest(), "logout"));
        assertFalse(holds(salt), "nothing leads from the token before to the present one");
    }

    @Test
    void olderTokensAreToldApartToo() {
        rotate(first, salt, GRACE);
        rotate(second, random.salt(), GRACE);
        assertEquals(CurrentCode.SUPERSEDED, read(first));
        assertEquals(CurrentCode.FOUND, read(second));
        assertEquals(RotateCode.SUPERSEDED, rotate(first, random.salt(), GRACE).code());
    }

    @Test
    void itEndsWithTheSession() {
        rotate(first, salt, GRACE);
        user.remove(second.id(), null, "revoked");
        assertEquals(CurrentCode.INVALID, read(first));
        assertEquals(RotateCode.INVALID, rotate(first, salt, GRACE).code());
    }

    @Test
    void theSaltIsForgottenWithTheFirstUseAfterTheGrace() {
        rotate(first, salt, GRACE);
        assertTrue(holds(salt));
        pass(GRACE + 29_000);
        assertEquals(CurrentCode.FOUND, read(second));
        assertFalse(holds(salt));
        pass(-GRACE - 29_000);
        assertEquals(CurrentCode.SUPERSEDED, read(first), "a grace that was seen to be over stays over");
        pass(HOUR + 29_000 + GRACE);
        assertEquals(CurrentCode.FOUND, read(second));
        assertEquals("0", await(store.current(TENANT, second, false)).session().state().tail());
    }

    @Test
    void noGraceLastsWhenTheClockWasSetBackBeforeTheRotation() {
        rotate(first, salt, GRACE);
        pass(-1);
        assertEquals(CurrentCode.SUPERSEDED, read(first));
        assertEquals(RotateCode.SUPERSEDED, rotate(first, salt, GRACE).code());
        assertEquals(CurrentCode.FOUND, read(second));
    }

    @Test
    void afterTheClockWasSetBackAUseCountsFromNow() {
        rotate(first, salt, GRACE);
        pass(-HOUR);
        long now = redis.ms();
        assertEquals(CurrentCode.FOUND, read(second));
        assertEquals(now + DAY, await(store.current(TENANT, second, false)).session().state().endsAt());
        assertEquals(List.of(Long.toString(now + DAY)), List.of(user.index().get(1)));
        assertEquals(1, user.list(9, null, 1000).records().size());
        assertEquals(PatchCode.DONE, patch(second));
        pass(DAY);
        assertEquals(CurrentCode.INVALID, read(second));
        assertEquals(1, user.expire(9));
        assertTrue(user.isGone());
    }

    /** Otherwise it would count towards the limit, and its end would be told, only when the clock is where it was. */
    @Test
    void afterTheClockWasSetBackEachCallMovesTheEndOfTheSession() {
        List<Runnable> calls = List.of(() -> assertEquals(RotateCode.FIRST, rotate(first, salt, GRACE).code()),
                () -> assertEquals(CurrentCode.FOUND, read(second)), () -> assertEquals(PatchCode.DONE, patch(second)),
                () -> assertEquals(RotateCode.FIRST, rotate(second, random.salt(), GRACE).code()));
        for (Runnable call : calls) {
            pass(-HOUR);
            long ends = redis.ms() + DAY;
            call.run();
            assertEquals(Long.toString(ends), user.index().get(1));
            assertEquals(Long.toString(ends), user.dueAt());
            RecordState state = RecordState.parse(user.hash().get(first.id()).toString());
            assertEquals(redis.ms(), state.created());
            assertEquals(redis.ms(), state.seen());
            assertEquals(ends, state.absolute());
        }
        pass(DAY);
        assertTrue(user.isDue());
        assertEquals(1, user.expire(9));
    }

    @Test
    void aSessionOfAnEarlierVersionIsRotatedAndEnds() {
        long now = redis.ms();
        user.remove(first.id(), null, "revoked");
        user.set("user", VirtualUser.NAME);
        user.set(first.id(),
                String.join(" ", first.digest(), "1", "" + now, "" + now, "" + DAY, "" + (now + DAY), "0"));
        user.set(first.id() + ":d", "{}");
        assertEquals(CurrentCode.INVALID, read(second), "nothing was rotated");
        assertEquals(RotateCode.FIRST, rotate(first, salt, GRACE).code());
        assertEquals(CurrentCode.FOUND, read(first));
        assertEquals(PatchCode.DONE, patch(second));
        assertEquals(RemoveCode.REMOVED, user.removal(second.id(), second.digest(), "logout"));
        assertNull(user.hash().get(first.id()));
    }

    private boolean holds(byte[] salt) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(salt);
        return user.hash().values().stream().anyMatch(value -> value.toString().contains(text));
    }
}
