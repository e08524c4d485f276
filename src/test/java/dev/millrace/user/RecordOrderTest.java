package dev.millrace.user;

import static dev.millrace.user.ExampleRecords.A;
import static dev.millrace.user.ExampleRecords.ANY_SIZE;
import static dev.millrace.user.ExampleRecords.B;
import static dev.millrace.user.ExampleRecords.C;
import static dev.millrace.user.ExampleRecords.D;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

/** The order of records, whatever their ids, the resolution of the clock and its steps are. */
class RecordOrderTest {

    private final ExampleRecords records = new ExampleRecords();

    private void evictAtThree(String id) {
        assertNotNull(records.add(id, "", 1_000_000, 5_000_000, 3, true));
    }

    @Test
    void recordsOfOneMicrosecondKeepTheirOrder() {
        for (String id : List.of(C, A, D, B)) {
            evictAtThree(id);
        }
        assertEquals(List.of(B, D, A), records.listed());
        assertEquals("session.evicted c[]", records.told().get(3));
    }

    @Test
    void recordsThatAreOpenedAfterTheClockWasSetBackAreTheNewest() {
        for (String id : List.of(C, A, D, B)) {
            evictAtThree(id);
            records.pass(-3_600_000);
        }
        assertEquals(List.of(B, D, A), records.listed());
        RecordPage first = records.user.list(2, null, ANY_SIZE);
        assertEquals(List.of(A), records.user.list(2, first.next(), ANY_SIZE).records().stream().map(StoredRecord::id)
                .toList());
    }

    @Test
    void timesInTheFutureCountAsNow() {
        records.add(A, 1000, 5000);
        records.pass(-3_600_000);
        RecordState state = records.user.list(1, null, ANY_SIZE).records().get(0).state();
        long now = records.redis.ms();
        assertEquals(new RecordState("digest-" + A, 1, now, now, 1000, now + 5000, "0"), state);
        assertTrue(records.user.remove(A, null, "revoked"));
        assertTrue(records.user.isGone());
    }

    @Test
    void recordsOfEarlierVersionsAreOlderAndCanEnd() {
        long created = records.redis.ms() - 1;
        for (String id : List.of(D, C)) {
            earlier(id, created--);
        }
        records.add(A, 1_000_000, 5_000_000);
        records.pass(-10);
        assertEquals(List.of(A, D, C), records.listed());
        evictAtThree(B);
        assertEquals(List.of(B, A, D), records.listed());
        assertEquals(1, records.user.removeAll(D));
        assertEquals(List.of(D), records.listed());
        assertEquals(2, records.user.index().size());
        assertTrue(records.user.remove(D, null, "revoked"));
        assertTrue(records.user.isGone());
    }

    /** As it was written before records had a place of their own. */
    private void earlier(String id, long created) {
        records.user.set("user", VirtualUser.NAME);
        records.user.set(id, String.join(" ", "digest-" + id, "1", Long.toString(created), Long.toString(created),
                "1000000", Long.toString(created + 5_000_000), "0"));
        records.user.set(id + ":d", "{}");
        records.redis.call("ZADD", records.owner.index(), created + 1_000_000, created + id);
    }
}
