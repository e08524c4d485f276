package dev.millrace.user;

import static dev.millrace.user.ExampleRecords.A;
import static dev.millrace.user.ExampleRecords.ANY_SIZE;
import static dev.millrace.user.ExampleRecords.B;
import static dev.millrace.user.ExampleRecords.C;
import static dev.millrace.user.ExampleRecords.D;
import static dev.millrace.user.ExampleRecords.DAY;
import static dev.millrace.user.ExampleRecords.DEVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

/** How records are listed, and what Redis drops by itself when nobody does. */
class RecordReadExamplesTest {

    private final ExampleRecords records = new ExampleRecords();

    @Test
    void recordsAreListedTheNewestFirstInPages() {
        records.add(B, 9000, 9000);
        records.add(A, 9000, 9000);
        records.pass(1);
        records.add(D, 9000, 9000);
        records.add(C, 9000, 9000);
        List<String> expected = List.of(C, D, A, B);
        for (int limit = 1; limit < 6; limit++) {
            assertEquals(expected, inPages(limit, ANY_SIZE));
        }
        assertNull(records.user.list(4, null, ANY_SIZE).next());
        assertNotNull(records.user.list(3, null, ANY_SIZE).next());
    }

    private List<String> inPages(int limit, int bytes) {
        List<String> ids = new ArrayList<>();
        String before = null;
        do {
            RecordPage page = records.user.list(limit, before, bytes);
            page.records().forEach(record -> ids.add(record.id()));
            before = page.next();
        } while (before != null);
        return ids;
    }

    @Test
    void aPageEndsWithTheRecordThatExceedsItsBytes() {
        records.add(A, 9000, 9000);
        records.add(B, 9000, 9000);
        records.add(C, DEVICE, 9000, 9000, 9, false);
        int small = records.user.hash().get(A).toString().length()
                + records.user.hash().get(A + ":d").toString().length();
        int large = small + DEVICE.length();
        assertEquals(1, records.user.list(9, null, large - 1).records().size());
        assertEquals(2, records.user.list(9, null, large).records().size());
        assertEquals(3, records.user.list(9, null, large + small).records().size());
        assertEquals(List.of(C, B, A), inPages(9, 1));
    }

    @Test
    void aRecordThatWasLostIsLeftOut() {
        records.add(A, 9000, 9000);
        records.redis.lose(records.owner.records());
        assertEquals(new RecordPage(List.of(), null), records.user.list(9, null, ANY_SIZE));
    }

    @Test
    void redisDropsRecordsADayAfterTheirLastPossibleEnd() {
        records.add(A, 1000, 5000);
        records.add(B, 1000, 2000);
        records.pass(5000 + DAY);
        String due = Owner.due(VirtualUser.TENANT, records.user.key().partition());
        for (String key : List.of(records.owner.records(), records.owner.index(), due)) {
            assertTrue(records.isKept(key), key);
        }
        records.pass(1);
        for (String key : List.of(records.owner.records(), records.owner.index(), due)) {
            assertFalse(records.isKept(key), key);
        }
    }

    @Test
    void whatIsKeptOfAllIsDroppedWhenItWouldHaveBeen() {
        records.add(A, 1000, 5000);
        records.add(B, 1000, 5000);
        records.user.removeAll(A);
        records.pass(5000 + DAY);
        assertTrue(records.isKept(records.owner.records()) && records.isKept(records.owner.index()));
        records.pass(1);
        assertFalse(records.isKept(records.owner.records()) || records.isKept(records.owner.index())
                || records.user.isDue());
    }

    @Test
    void eventsAreKeptForAWeekAfterTheLast() {
        records.add(A, 1000, 5000);
        requireKeptForAWeek();
        records.add(A, 10 * DAY, 10 * DAY);
        records.pass(DAY);
        records.user.remove(A, null, "logout");
        requireKeptForAWeek();
        records.add(A, 10 * DAY, 10 * DAY);
        records.pass(DAY);
        records.user.removeAll(null);
        requireKeptForAWeek();
        records.add(A, DAY, 10 * DAY);
        records.pass(DAY);
        records.user.expire(9);
        requireKeptForAWeek();
    }

    @Test
    void aSweepThatFindsNothingDoesNotProlongThem() {
        records.add(A, 20 * DAY, 20 * DAY);
        records.pass(DAY);
        assertEquals(0, records.user.expire(9));
        records.pass(6 * DAY + 1);
        assertFalse(records.isKept(Owner.events(VirtualUser.TENANT, records.user.key().partition())));
    }

    private void requireKeptForAWeek() {
        records.pass(7 * DAY);
        assertTrue(records.isKept(Owner.events(VirtualUser.TENANT, records.user.key().partition())));
        records.pass(1);
        assertFalse(records.isKept(Owner.events(VirtualUser.TENANT, records.user.key().partition())));
    }
}
