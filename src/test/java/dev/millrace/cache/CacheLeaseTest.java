package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.cache.Cache.brief;
import static dev.millrace.cache.Cache.delete;
import static dev.millrace.cache.Cache.get;
import static dev.millrace.cache.Cache.header;
import static dev.millrace.cache.Cache.later;
import static dev.millrace.cache.Cache.put;
import static dev.millrace.cache.Cache.read;
import static dev.millrace.cache.Cache.region;
import static dev.millrace.cache.Cache.request;
import static dev.millrace.cache.Cache.store;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.quarkus.test.junit.QuarkusTest;

/**
 * Guarantees of leases: however many ask, one computes and the others have what he stored; if he dies, one other takes his
 * place; and nothing that was computed before an invalidation is stored after it.
 */
@QuarkusTest
class CacheLeaseTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void ofManyOneComputesAndAllHaveWhatHeStores() {
        String path = region() + "/k";
        List<CompletableFuture<HttpResponse<byte[]>>> waiting = ask(500, path + "?lease=60s&wait=30s");
        String lease = awaitLease(waiting);
        // A while in which a second lease would be given, if ever: until others have been asking for long.
        assertEquals("404 cache-miss", read(path + "?lease=60s&wait=300ms"));
        store(path, "value", "Cache-Lease", lease);
        List<HttpResponse<byte[]>> answers = waiting.stream().map(CompletableFuture::join).toList();
        assertEquals(1, answers.stream().filter(answer -> !header(answer, "Cache-Lease").isEmpty()).count());
        assertEquals(499, answers.stream().filter(answer -> brief(answer).equals("200 value")).count());
    }

    @Test
    void ifHeDiesOneOtherTakesHisPlace() {
        String path = region() + "/k";
        String dead = header(get(path + "?lease=700ms"), "Cache-Lease");
        assertNotEquals("", dead);
        List<CompletableFuture<HttpResponse<byte[]>>> waiting = ask(50, path + "?lease=60s&wait=30s");
        String lease = awaitLease(waiting);
        assertEquals("409 lease-void", brief(put(path, "late", "Cache-Lease", dead)));
        store(path, "value", "Cache-Lease", lease);
        List<HttpResponse<byte[]>> answers = waiting.stream().map(CompletableFuture::join).toList();
        assertEquals(1, answers.stream().filter(answer -> !header(answer, "Cache-Lease").isEmpty()).count());
        assertEquals(49, answers.stream().filter(answer -> brief(answer).equals("200 value")).count());
    }

    @Test
    void whoDoesNotWaitIsToldWhenToComeBack() {
        String path = region() + "/k";
        get(path + "?lease=30s");
        for (String wait : List.of("", "&wait=50ms")) {
            HttpResponse<byte[]> answer = get(path + "?lease=5s" + wait);
            assertEquals(List.of("404 cache-miss", "millrace; fwd=uri-miss; detail=leased-to-another", ""),
                    List.of(brief(answer), header(answer, "Cache-Status"), header(answer, "Cache-Lease")));
            int seconds = Integer.parseInt(header(answer, "Retry-After"));
            assertTrue(seconds >= 1 && seconds <= 30, () -> seconds + " s");
        }
        HttpResponse<byte[]> plain = get(path);
        assertEquals(List.of("404 cache-miss", "millrace; fwd=uri-miss", ""),
                List.of(brief(plain), header(plain, "Cache-Status"), header(plain, "Retry-After")));
    }

    static Stream<Arguments> invalidations() {
        return Stream.of(
                Arguments.of("the entry is deleted", (Consumer<String>) region -> delete(region + "/k")),
                Arguments.of("the region is purged", (Consumer<String>) Cache::delete),
                Arguments.of("a tag is purged", (Consumer<String>) region -> delete(region + "?tag=b")),
                Arguments.of("the same is purged twice", (Consumer<String>) region -> {
                    delete(region + "?tag=a");
                    delete(region + "?tag=a");
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidations")
    void isVoidWhen(String what, Consumer<String> invalidation) {
        String region = region();
        String path = region + "/k";
        store(path, "old", "Cache-Control", "max-age=0, stale-while-revalidate=600", "Cache-Tag", "a,b");
        String lease = lease(path);
        invalidation.accept(region);
        assertEquals("409 lease-void", brief(put(path, "old", "Cache-Lease", lease, "Cache-Tag", "a, b , c")));
        assertEquals("404 cache-miss", read(path));
        assertEquals("409 lease-void", brief(put(path, "old", "Cache-Lease", lease)), "and stays so");
        store(path, "new", "Cache-Lease", lease(path), "Cache-Tag", "a, b , c");
        assertEquals("200 new", read(path));
    }

    @Test
    void isVoidWhenAnotherHasStored() {
        String path = region() + "/k";
        String lease = lease(path);
        store(path, "newer");
        assertEquals("409 lease-void", brief(put(path, "old", "Cache-Lease", lease)));
        assertEquals("200 newer", read(path));
    }

    @Test
    void isVoidForAnotherEntryAndWhereNobodyGaveIt() {
        String region = region();
        String lease = lease(region + "/k");
        for (String other : List.of(region + "/K", region + "/k%2F", region() + "/k")) {
            assertEquals("409 lease-void", brief(put(other, "x", "Cache-Lease", lease)));
            lease(other);
            assertEquals("409 lease-void", brief(put(other, "x", "Cache-Lease", lease)));
        }
        assertEquals("409 lease-void", brief(put(region + "/k", "x", "Cache-Lease", "A".repeat(22))));
        store(region + "/k", "x", "Cache-Lease", lease);
    }

    @Test
    void isGoodForOneUse() {
        String path = region() + "/k";
        String lease = lease(path);
        store(path, "first", "Cache-Lease", lease);
        assertEquals("409 lease-void", brief(put(path, "second", "Cache-Lease", lease)));
        assertEquals("200 first", read(path));
    }

    @Test
    void whatDoesNotConcernItDoesNotVoidIt() {
        String region = region();
        String lease = lease(region + "/k");
        delete(region + "?tag=other");
        delete(region());
        delete(region + "/other");
        store(region + "/other", "y");
        store(region + "/k", "x", "Cache-Lease", lease, "Cache-Tag", "a");
        assertEquals("200 x", read(region + "/k"));
    }

    /** What is wrong with a request is not held against the lease. */
    @Test
    void survivesARequestThatIsRefused() {
        String path = region() + "/k";
        String lease = lease(path);
        assertEquals("400 invalid-request", brief(put(path, "x", "Cache-Lease", lease, "Cache-Tag", "a b")));
        store(path, "x", "Cache-Lease", lease);
    }

    @Test
    void isGivenAnewOnceTheEntryHasEnded() {
        String path = region() + "/k";
        store(path, "x", "Cache-Lease", lease(path), "Cache-Control", "max-age=1");
        await().atMost(PATIENCE).until(() -> !header(get(path + "?lease=60s"), "Cache-Lease").isEmpty());
    }

    /** Whoever waits sees that the lease is void as soon as that it was used. */
    @Test
    void oneWhoWaitsTakesOverAtOnceWhenItIsVoid() {
        String path = region() + "/k";
        String lease = lease(path);
        List<CompletableFuture<HttpResponse<byte[]>>> waiting = ask(2, path + "?lease=60s&wait=30s");
        delete(path);
        String next = awaitLease(waiting);
        assertNotEquals(lease, next);
        store(path, "x", "Cache-Lease", next);
        assertEquals(1, waiting.stream().map(CompletableFuture::join).filter(a -> brief(a).equals("200 x")).count());
    }

    @Test
    void oneFillServesAllWhoWaitForNothing() {
        String path = region() + "/k";
        String lease = lease(path);
        List<CompletableFuture<HttpResponse<byte[]>>> waiting = ask(5, path + "?lease=60s&wait=30s");
        assertEquals(204, put(path + "?nothing=true", "", "Cache-Lease", lease).statusCode());
        waiting.forEach(answer -> assertEquals("404 cache-nothing", brief(answer.join())));
    }

    private static String lease(String path) {
        String lease = header(get(path + "?lease=60s"), "Cache-Lease");
        assertNotEquals("", lease);
        return lease;
    }

    private static List<CompletableFuture<HttpResponse<byte[]>>> ask(int times, String path) {
        return IntStream.range(0, times).mapToObj(i -> later(request(ADMIN, "GET", path, null))).toList();
    }

    /** The lease that one of those who ask is given. */
    private static String awaitLease(List<CompletableFuture<HttpResponse<byte[]>>> asking) {
        return await().atMost(PATIENCE)
                .until(() -> asking.stream().filter(CompletableFuture::isDone)
                        .map(answer -> header(answer.join(), "Cache-Lease")).filter(lease -> !lease.isEmpty())
                        .findFirst(), java.util.Optional::isPresent)
                .orElseThrow();
    }
}
