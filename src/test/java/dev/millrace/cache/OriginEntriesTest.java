package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

import dev.millrace.Configs;
import dev.millrace.cache.OriginAnswer.Kind;
import dev.millrace.cache.OriginAnswer.Times;

/** Which entry a response becomes: its times, its tags, its validators, and how long it is kept for them. Times in ms. */
class OriginEntriesTest {

    private static final long NOW = 1_800_000_000_000L;
    /** The date of what the origin has not dated. */
    private static final String ARRIVAL = "\nDate:Fri, 15 Jan 2027 08:00:00 GMT";
    private static final Region REGION = Region.of(Configs.of(CacheConfig.class)).withLifetimes(3_600_000, 50_000,
            70_000, 30_000);

    private static OriginAnswer answer(int status, String... fields) {
        MultiMap all = MultiMap.caseInsensitiveMultiMap();
        for (int i = 0; i < fields.length; i += 2) {
            all.add(fields[i], fields[i + 1]);
        }
        return new OriginAnswer(Kind.of(status), StoredHead.of(status, all), "text/plain", false, all.getAll("Age"),
                new Times(NOW, NOW), -1, Buffer.buffer("x"), null);
    }

    private static NewEntry entry(int status, String... fields) {
        PreparedBody body = status == 404
                ? PreparedBody.nothing()
                : new PreparedBody(BodyCoding.IDENTITY, "own",
                        new byte[1]);
        return OriginEntries.of(REGION, "lease", answer(status, fields), body);
    }

    private static List<Long> times(NewEntry entry) {
        return List.of(entry.freshMs(), entry.swrMs(), entry.sieMs(), entry.ageMs(), entry.keepMs());
    }

    @Test
    void whatSaysNothingHasTheTimesOfTheRegion() {
        assertEquals(List.of(3_600_000L, 50_000L, 70_000L, 0L, 0L), times(entry(200)));
        assertEquals(List.of(30_000L, 0L, 0L, 0L, 0L), times(entry(404)));
        assertNull(entry(302));
    }

    /** RFC 9110, section 6.6.1. The date has no part in how long it is fresh. */
    @Test
    void whatIsNotDatedIsDatedByItsArrival() {
        NewEntry undated = entry(200, "Cache-Control", "max-age=10");
        assertEquals("200\nCache-Control:max-age=10" + ARRIVAL, undated.head());
        assertEquals(List.of(10_000L, 50_000L, 70_000L, 0L, 0L), times(undated));
        String earlier = "Fri, 15 Jan 2027 07:59:51 GMT";
        assertEquals(List.of(earlier),
                StoredHead.decode(entry(200, "Date", earlier, "Cache-Control", "max-age=60").head()).lines("Date"));
    }

    @Test
    void itsOwnTimesCountFirst() {
        assertEquals(List.of(9000L, 2000L, 3000L, 1000L, 0L), times(entry(200, "Cache-Control",
                "max-age=10, stale-while-revalidate=2, stale-if-error=3", "Age", "1")));
        assertEquals(List.of(5000L, 0L, 0L, 0L, 0L), times(entry(302, "Cache-Control", "s-maxage=5")));
        assertEquals(List.of(5000L, 0L, 0L, 0L, 0L), times(entry(404, "Cache-Control", "max-age=5")));
    }

    @Test
    void staleTimesBeginWhenItBecameStale() {
        assertEquals(List.of(0L, 30_000L, 50_000L, 30_000L, 0L),
                times(entry(200, "Cache-Control", "max-age=10", "Age", "30")));
        assertNull(entry(200, "Cache-Control", "max-age=10", "Age", "80"));
        assertNull(entry(200, "Cache-Control", "max-age=0, must-revalidate"));
    }

    @Test
    void timesAreBounded() {
        long most = 400L * 24 * 3600_000;
        assertEquals(List.of(most, most, most, 0L, 86_400_000L), times(entry(200, "ETag", "\"a\"", "Cache-Control",
                "max-age=99999999999, stale-while-revalidate=99999999999, stale-if-error=99999999999")));
    }

    @ParameterizedTest
    @CsvSource({"1,60000", "60,60000", "61,61000", "86400,86400000", "86401,86400000"})
    void whatCanBeRevalidatedIsKept(long maxAge, long keep) {
        for (String[] field : new String[][]{{"ETag", "\"a\""}, {"Last-Modified", "x"}}) {
            assertEquals(keep, entry(200, "Cache-Control", "max-age=" + maxAge, field[0], field[1]).keepMs());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"\"v1\" | v1", "W/\"v1\" | v1", "v1 | own",
            "\"a b\" | own", "\"\" | own", "w/\"v1\" | own"})
    void theTagOfTheOriginIsTheEntrysIfCallersMaySendIt(String etag, String tag) {
        NewEntry entry = entry(200, "ETag", etag, "Last-Modified", "then");
        assertEquals(List.of(tag, etag + "\nthen"), List.of(entry.body().etag(), entry.origin()));
        assertEquals("own", entry(200, "ETag", '"' + "x".repeat(65) + '"').body().etag());
        assertEquals("x".repeat(64), entry(200, "ETag", '"' + "x".repeat(64) + '"').body().etag());
    }

    @Test
    void tagsAreAllKeptOrTheResponseIsNotStored() {
        assertEquals(List.of("a", "b", "c", "d"),
                entry(200, "Cache-Tag", "a, b,,", "Surrogate-Key", " c  d a").tags());
        String[] many = new String[CacheResource.MAX_TAGS];
        for (int i = 0; i < many.length; i++) {
            many[i] = "t" + i;
        }
        assertNotNull(entry(200, "Cache-Tag", String.join(",", many)));
        assertNull(entry(200, "Cache-Tag", String.join(",", many), "Surrogate-Key", "more"));
        assertNull(entry(200, "Cache-Tag", "x".repeat(129)));
        assertNull(entry(200, "Surrogate-Key", "a,b"));
    }

    @Test
    void a304KeepsTheTimesOfThe200() {
        StoredHead stored = answer(200, "Cache-Control", "max-age=10", "Expires", "0", "Cache-Tag", "a", "X", "1")
                .head();
        NewEntry kept = OriginEntries.kept(REGION, "lease", answer(304, "Age", "4", "X", "2"), stored, "\"v\"");
        assertEquals(List.of(6000L, 50_000L, 70_000L, 4000L, 0L), times(kept));
        assertEquals(
                List.of(List.of("a"), "\"v\"", "200\nCache-Control:max-age=10\nExpires:0\nCache-Tag:a\nX:2" + ARRIVAL),
                List.of(kept.tags(), kept.origin(), kept.head()));
        assertEquals(20_000,
                OriginEntries.kept(REGION, "lease", answer(304, "Cache-Control", "max-age=20"), stored, "").freshMs());
        assertNull(OriginEntries.kept(REGION, "lease", answer(304, "Cache-Control", "no-store"), stored, ""));
        assertNull(OriginEntries.kept(REGION, "lease", answer(304, "Vary", "*"), stored, ""));
    }

    @Test
    void cookiesAreStrippedOrNothingIsStored() {
        assertNull(entry(200, "Set-Cookie", "a=b"));
        NewEntry entry = OriginEntries.of(REGION.withStripSetCookie(true), "lease",
                answer(200, "Set-Cookie", "a=b", "X", "1"), new PreparedBody(BodyCoding.IDENTITY, "own", new byte[1]));
        assertEquals("200\nX:1" + ARRIVAL, entry.head());
    }
}
