package dev.millrace.user;

import static dev.millrace.user.ExampleRecords.A;
import static dev.millrace.user.ExampleRecords.ANY_SIZE;
import static dev.millrace.user.ExampleRecords.B;
import static dev.millrace.user.ExampleRecords.C;
import static dev.millrace.user.ExampleRecords.D;
import static dev.millrace.user.ExampleRecords.DEVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.millrace.redis.VirtualRedis;

/** How many records a user may have, how they end, and which events tell of it. */
class RecordScriptExamplesTest {

    private final ExampleRecords records = new ExampleRecords();

    @Test
    void aRecordIsListedAsItWasAdded() {
        RecordState state = records.add(A, DEVICE, 1000, 5000, 1, false);
        long now = records.redis.ms();
        assertEquals(new RecordState("digest-" + A, 1, now, now, 1000, now + 5000, "0"), state);
        assertEquals(
                new RecordPage(List.of(new StoredRecord(A, VirtualUser.NAME, state, "{\"of\":\"a\"}", DEVICE)), null),
                records.user.list(1, null, ANY_SIZE));
        assertEquals(List.of("session.created a[]"), records.told());
    }

    @Test
    void aUserHasNoMoreRecordsThanAllowed() {
        assertNotNull(records.add(A, "", 1000, 5000, 2, false));
        assertNotNull(records.add(B, "", 2000, 5000, 2, false));
        assertNull(records.add(C, "", 1000, 5000, 2, false));
        assertEquals(Set.of(A, B), Set.copyOf(records.listed()));
        records.pass(1000);
        assertNotNull(records.add(C, "", 1000, 5000, 2, false), "one has ended");
        assertNull(records.add(D, "", 1000, 5000, 2, false));
    }

    @Test
    void theOldestMakeRoomForANewOne() {
        for (String id : List.of(C, A, B)) {
            records.add(id, DEVICE, 1000, 5000, 3, true);
            records.pass(1);
        }
        assertNotNull(records.add(D, "", 1000, 5000, 3, true));
        assertEquals(List.of(D, B, A), records.listed());
        assertEquals(Set.of("user", "last", A, A + ":d", A + ":v", B, B + ":d", B + ":v", D, D + ":d"),
                records.user.hash().keySet());
        records.add(C, "", 1000, 5000, 1, true);
        assertEquals(List.of(C), records.listed(), "also if the limit is lower than before");
        assertEquals(List.of("session.evicted a[]", "session.evicted b[]", "session.evicted d[]"),
                records.told().stream().filter(event -> event.contains("evicted")).skip(1).toList());
        assertEquals(Set.of("user", "last", C, C + ":d"), records.user.hash().keySet());
        assertEquals(2, records.user.index().size());
    }

    @Test
    void aRecordEndsWhenItIsIdleOrAtItsAbsoluteEnd() {
        records.add(A, 1000, 5000);
        records.add(B, 5000, 1000);
        records.pass(999);
        assertEquals(Set.of(A, B), Set.copyOf(records.listed()));
        assertFalse(records.user.isDue());
        records.pass(1);
        assertEquals(List.of(), records.listed());
        assertTrue(records.user.isDue());
    }

    @Test
    void theOwnerIsDueAtTheFirstEnd() {
        records.add(A, 3000, 5000);
        long first = records.redis.ms() + 3000;
        records.pass(500);
        records.add(B, 4000, 5000);
        assertEquals(Long.toString(first), records.user.dueAt());
        records.add(C, 1000, 5000);
        assertEquals(Long.toString(records.redis.ms() + 1000), records.user.dueAt());
        records.pass(1000);
        assertEquals(1, records.user.expire(10));
        assertEquals(Long.toString(first), records.user.dueAt());
    }

    @Test
    void ownersThatAreDueAreNamedSoManyAtATimeTheEarliestFirst() {
        records.add(A, 1000, 5000);
        VirtualUser another = new VirtualUser(records.redis, RecordKind.TOKEN);
        records.pass(1);
        another.add(B, "digest", "{}", "", "0", 1000, 5000, 1, false);
        records.pass(2000);
        List<Integer> partition = List.of(records.user.key().partition());
        List<Owner> due = VirtualRedis.await(records.user.records().due(VirtualUser.TENANT, partition, 1));
        assertEquals(List.of(records.owner), due);
        assertEquals(2, VirtualRedis.await(records.user.records().due(VirtualUser.TENANT, partition, 2)).size());
    }

    @Test
    void expiredRecordsAreRemovedSoManyAtATimeAndEachEmitsAnEvent() {
        records.add(A, DEVICE, 1000, 5000, 9, false);
        records.add(B, DEVICE, 1001, 5000, 9, false);
        records.add(C, DEVICE, 9000, 9000, 9, false);
        records.pass(1001);
        assertEquals(1, records.user.expire(1));
        assertEquals(1, records.user.expire(9));
        assertEquals(0, records.user.expire(9));
        assertEquals(List.of("session.expired a[]", "session.expired b[]"), records.told().subList(3, 5));
        assertEquals(Set.of("user", "last", C, C + ":d", C + ":v"), records.user.hash().keySet());
        records.pass(9000);
        assertEquals(1, records.user.expire(9));
        assertTrue(records.user.isGone());
    }

    @Test
    void whereTheRecordsWereLostTheirEndIsToldAllTheSame() {
        records.add(A, 1000, 5000);
        records.redis.lose(records.owner.records());
        records.pass(1000);
        assertEquals(1, records.user.expire(9));
        assertEquals(List.of("type", "session.expired", "id", A, "user", ""), records.user.events().get(1));
        assertTrue(records.user.isGone());
    }

    @Test
    void aRecordIsRemovedByItsHolderOnly() {
        records.add(A, DEVICE, 1000, 5000, 9, false);
        records.add(B, DEVICE, 1000, 5000, 9, false);
        assertFalse(records.user.remove(A, "digest-" + B, "logout"));
        assertFalse(records.user.remove(C, null, "logout"));
        assertTrue(records.user.remove(A, "digest-" + A, "logout"));
        assertFalse(records.user.remove(A, "digest-" + A, "logout"));
        assertEquals(List.of(B), records.listed());
        assertEquals(Set.of("user", "last", B, B + ":d", B + ":v"), records.user.hash().keySet());
        assertEquals(2, records.user.index().size());
        assertTrue(records.user.remove(B, null, "revoked"));
        assertTrue(records.user.isGone());
        assertEquals(List.of("session.revoked a[reason, logout]", "session.revoked b[reason, revoked]"),
                records.told().subList(2, 4));
    }

    @Test
    void aRecordThatHasEndedIsNotRemoved() {
        records.pass(800);
        records.add(A, 1000, 5000);
        records.add(B, 5000, 1000);
        records.pass(999);
        assertTrue(records.user.remove(A, null, "logout"));
        records.pass(1);
        assertFalse(records.user.remove(B, null, "logout"));
    }

    @Test
    void allRecordsAreRemovedTogether() {
        records.add(A, 1000, 5000);
        records.add(B, 1000, 5000);
        assertEquals(1, records.user.removeAll(null));
        assertTrue(records.user.isGone());
        assertEquals(0, records.user.removeAll(null));
        assertEquals(List.of("session.revoked [reason, all, except, ]"), records.told().subList(2, 3));
        assertEquals(3, records.user.events().size());
    }

    @Test
    void allButOneAreRemovedTogether() {
        for (String device : List.of(DEVICE, "")) {
            records.add(A, device, 2000, 5000, 9, false);
            RecordPage before = records.user.list(9, null, ANY_SIZE);
            assertEquals(0, records.user.removeAll(A), "there is no other");
            records.pass(1);
            records.add(B, 1000, 9000);
            records.add(C, 1000, 9000);
            assertEquals(-1, records.user.removeAll(D));
            assertEquals(3, records.listed().size());
            assertEquals(1, records.user.removeAll(A));
            assertEquals(before, records.user.list(9, null, ANY_SIZE));
            assertEquals(Long.toString(records.redis.ms() + 1999), records.user.dueAt());
            assertEquals(List.of(), records.redis.immortal());
            records.user.remove(A, null, "logout");
            assertTrue(records.user.isGone());
        }
        assertEquals("session.revoked [reason, all, except, " + A + "]", records.told().get(3));
    }

    @Test
    void whatHasEndedByTimeIsToldBeforeAllAreRemoved() {
        records.pass(800);
        records.add(A, 1000, 5000);
        records.add(B, 2000, 5000);
        records.pass(1000);
        assertEquals(-2, records.user.removeAll(null));
        assertEquals(1, records.user.expire(9));
        assertEquals(1, records.user.removeAll(null));
    }

    /** As the index does not say so. */
    @Test
    void aRecordThatHasEndedIsNotKeptWhenAllOthersAreRemoved() {
        records.add(A, 1000, 5000);
        records.add(B, 9000, 9000);
        records.redis.lose(records.owner.index());
        records.pass(1000);
        assertEquals(-1, records.user.removeAll(A));
    }

    @Test
    void whatOnlyTheIndexOrOnlyTheRecordsKnowIsRemovedToo() {
        records.add(A, 1000, 5000);
        records.redis.lose(records.owner.index());
        assertEquals(1, records.user.removeAll(null));
        assertTrue(records.user.isGone());
        records.add(A, 1000, 5000);
        records.redis.lose(records.owner.records());
        assertEquals(1, records.user.removeAll(null));
        assertTrue(records.user.isGone());
    }

    @Test
    void whatOnlyTheIndexKnowsIsRemovedWhereOneIsKept() {
        records.add(A, 1000, 5000);
        records.redis.lose(records.owner.records());
        records.add(B, 1000, 5000);
        assertEquals(1, records.user.removeAll(B));
        assertEquals(2, records.user.index().size(), "a member and its score");
    }
}
