package dev.millrace.session;

import static dev.millrace.redis.VirtualRedis.await;
import static dev.millrace.user.VirtualUser.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.millrace.redis.VirtualRedis;
import dev.millrace.redis.VirtualRedis.Refusal;
import dev.millrace.user.CountedRandom;
import dev.millrace.user.RecordKind;
import dev.millrace.user.RecordState;
import dev.millrace.user.StoredRecord;
import dev.millrace.user.VirtualUser;

/** What the holder of a session's token gets and changes: its data, its ends to the ms, and another token. */
class SessionScriptExamplesTest {

    private static final String DEVICE = "{\"ipAddress\":\"::1\"}";
    private static final String PROVED = "1767000000000";

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final SessionStore store = new SessionStore(redis);
    private final VirtualUser user = new VirtualUser(redis, RecordKind.SESSION);
    private final CountedRandom random = new CountedRandom();
    private final SessionToken token = SessionToken.random(user.key(), random);

    private RecordState open(String device, long idle, long life) {
        return user.add(token.id(), token.digest(), "{}", device, PROVED, idle, life, 9, false);
    }

    private StoredRecord current(boolean touch) {
        return current(token, touch);
    }

    private StoredRecord current(SessionToken token, boolean touch) {
        return await(store.current(TENANT, token, touch)).session();
    }

    /** Without a grace. */
    private StoredRecord rotate(SessionToken token, SessionToken successor, boolean proved) {
        return await(store.rotate(TENANT, token, successor, "salt", 0, proved)).session();
    }

    private PatchResult patch(String patch, int most, Long... versions) {
        return await(store.patch(TENANT, token, patch, versions.length == 0 ? null : List.of(versions), most));
    }

    private void pass(long ms) {
        redis.advance(ms * 1000);
    }

    private long seen() {
        return current(false).state().seen();
    }

    /** When the user's records say that the session ends. */
    private String ends() {
        return (String) user.index().get(1);
    }

    @Test
    void aSessionIsFoundAsItWasOpened() {
        for (String device : List.of(DEVICE, "")) {
            RecordState state = open(device, 1000, 5000);
            assertEquals(new StoredRecord(token.id(), VirtualUser.NAME, state, "{}", device), current(false));
            user.remove(token.id(), null, "logout");
        }
    }

    @Test
    void noOtherTokenFindsIt() {
        open("", 1000, 5000);
        SessionToken other = token.successor(random.salt());
        assertNull(current(other, true));
        assertNull(rotate(other, token, false));
        assertEquals(PatchCode.INVALID, await(store.patch(TENANT, other, "{}", null, 100)).patched());
        SessionToken unknown = SessionToken.random(user.key(), random);
        assertNull(current(unknown, true));
        assertNull(rotate(unknown, token, false));
        assertEquals(PatchCode.INVALID, await(store.patch(TENANT, unknown, "{}", null, 100)).patched());
    }

    @Test
    void aSessionIsThereUntilTheMillisecondOfItsEnd() {
        open("", 1000, 1500);
        pass(999);
        assertNotNull(current(false));
        assertNotNull(rotate(token, token, false));
        assertEquals(PatchCode.DONE, patch("{}", 100).patched());
        pass(500);
        assertNotNull(current(true));
        pass(1);
        assertNull(current(false));
        assertNull(rotate(token, token, false));
        assertEquals(PatchCode.INVALID, patch("{}", 100).patched());
    }

    @Test
    void aUseIsNotedAfterATenthOfTheIdleTime() {
        open("", 100_000, 1_000_000);
        long opened = redis.ms();
        pass(9_999);
        assertEquals(opened, current(true).state().seen());
        assertEquals(opened, seen());
        pass(1);
        assertEquals(opened, current(false).state().seen(), "only where the use is to be noted");
        assertEquals(redis.ms(), current(true).state().seen());
        assertEquals(redis.ms(), seen());
        assertEquals(Long.toString(redis.ms() + 100_000), ends());
    }

    @Test
    void aUseIsNotedAfterHalfAMinuteAtTheLatest() {
        open("", 1_000_000, 1_010_000);
        long opened = redis.ms();
        pass(29_999);
        assertEquals(opened, current(true).state().seen());
        pass(1);
        assertEquals(redis.ms(), current(true).state().seen());
        assertEquals(Long.toString(opened + 1_010_000), ends(), "its absolute end");
    }

    @Test
    void aUseThatCannotBeNotedIsAUse() {
        RecordState state = open("", 1000, 5000);
        pass(500);
        for (Refusal refusal : List.of(Refusal.MEMORY_FULL, Refusal.READ_ONLY)) {
            redis.refuseNext(refusal);
            assertEquals(state, current(true).state());
        }
    }

    @Test
    void aPatchChangesTheDataAndTheVersionAndIsAUse() {
        RecordState state = open(DEVICE, 1000, 5000);
        pass(500);
        PatchResult outcome = patch("{\"a\":1}", 100);
        assertEquals(PatchCode.DONE, outcome.patched());
        StoredRecord patched = outcome.session();
        assertEquals(new StoredRecord(token.id(), VirtualUser.NAME, new RecordState(token.digest(), 2, state.created(),
                redis.ms(), 1000, state.absolute(), PROVED), "{\"a\":1}", DEVICE), patched);
        assertEquals(patched, current(false));
        assertEquals(Long.toString(redis.ms() + 1000), ends());
        pass(999);
        assertEquals("{\"a\":1,\"b\":2}", patch("{\"b\":2}", 100).session().data());
        assertEquals("", user.list(1, null, 100).records().get(0).device().replace(DEVICE, ""));
    }

    @Test
    void aPatchNearTheAbsoluteEndDoesNotMoveIt() {
        open("", 1000, 1200);
        long end = redis.ms() + 1200;
        pass(900);
        patch("{}", 100);
        assertEquals(Long.toString(end), ends());
    }

    @Test
    void aPatchForAnotherVersionIsRefusedWithThePresentOne() {
        open("", 1000, 5000);
        assertEquals(new PatchResult(PatchCode.STALE, null, 1), patch("{\"a\":1}", 100, 2L, 11L));
        assertEquals(PatchCode.DONE, patch("{\"a\":1}", 100, 3L, 1L).patched());
        assertEquals(new PatchResult(PatchCode.STALE, null, 2), patch("{\"a\":2}", 100, 1L));
        assertEquals(PatchCode.DONE, patch("{\"a\":1}", 100, 2L, 7L).patched());
        assertEquals("{\"a\":1}", current(false).data());
    }

    @Test
    void theDataMayHaveSoManyBytes() {
        open("", 1000, 5000);
        assertEquals(PatchCode.TOO_LARGE, patch("{\"a\":1}", 6).patched());
        assertEquals("{}", current(false).data());
        assertEquals(PatchCode.DONE, patch("{\"a\":1}", 7).patched());
    }

    @Test
    void patchesMergeAsRfc7396Says() {
        open("", 1000, 5000);
        for (String[] example : new String[][]{
                {"{\"a\":\"b\",\"n\":[1,{\"x\":[]}],\"o\":{\"p\":1,\"q\":{}}}",
                        "{\"a\":\"b\",\"n\":[1,{\"x\":[]}],\"o\":{\"p\":1,\"q\":{}}}"},
                {"{\"a\":\"c\\\"}\\\\\",\"o\":{\"p\":null,\"r\":[[1],\"]\"]}}",
                        "{\"a\":\"c\\\"}\\\\\",\"n\":[1,{\"x\":[]}],\"o\":{\"q\":{},\"r\":[[1],\"]\"]}}"},
                {"{\"n\":null,\"o\":{\"q\":{\"s\":{\"t\":null,\"u\":1}}},\"z\":null}",
                        "{\"a\":\"c\\\"}\\\\\",\"o\":{\"q\":{\"s\":{\"u\":1}},\"r\":[[1],\"]\"]}}"},
                {"{\"a\":{\"b\":{\"c\":-1.50}},\"o\":7}", "{\"a\":{\"b\":{\"c\":-1.50}},\"o\":7}"},
                {"{\"a\":null,\"o\":null}", "{}"}}) {
            assertEquals(example[1], patch(example[0], 1000).session().data());
        }
    }

    @Test
    void aRotatedSessionHasTheNewTokenOnlyAndKeepsItsEnds() {
        RecordState state = open(DEVICE, 1000, 5000);
        pass(10);
        SessionToken second = token.successor(random.salt());
        StoredRecord rotated = rotate(token, second, false);
        RecordState expected = new RecordState(second.digest(), 1, state.created(), state.seen(), 1000,
                state.absolute(), PROVED + " " + token.digest() + " - " + redis.ms() + " 0");
        assertEquals(new StoredRecord(token.id(), VirtualUser.NAME, expected, "{}", DEVICE), rotated);
        assertNull(current(false));
        assertEquals(rotated, current(second, false));
        SessionToken third = second.successor(random.salt());
        assertEquals(redis.ms(), SessionTail.authTime(rotate(second, third, true).state()),
                "when the user last proved their identity");
    }

    @Test
    void aSessionWithoutADeviceIsRotatedWithoutOne() {
        open("", 1000, 5000);
        assertEquals("", rotate(token, token.successor(random.salt()), false).device());
    }
}
