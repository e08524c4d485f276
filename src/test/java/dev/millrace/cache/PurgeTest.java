package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.cache.Cache.brief;
import static dev.millrace.cache.Cache.delete;
import static dev.millrace.cache.Cache.later;
import static dev.millrace.cache.Cache.read;
import static dev.millrace.cache.Cache.region;
import static dev.millrace.cache.Cache.request;
import static dev.millrace.cache.Cache.store;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;

/**
 * Guarantees of deleting and purging: what is meant is hidden when the answer comes, and nothing else is; a purge takes the
 * same commands however many entries it hides; and nothing of the cache stays in Redis for ever.
 */
@QuarkusTest
class PurgeTest {

    private static final int MANY = 2_000;
    private static final int COPIES = 98_000;
    private static final int AT_ONCE = 64;
    /** Calls of those commands that a purge runs, and of those that it might. */
    private static final Pattern CALLS = Pattern.compile(
            "cmdstat_(?:zadd|zincrby|zscore|zmscore|zcard|zrange|zrem|hget|hmget|hset|get|set|del|unlink|scan|keys"
                    + "|evalsha|eval|pexpire|pttl):calls=(\\d+)");
    private static final int ATTEMPTS = 5;

    RedisConversation redis;

    @Test
    void whatIsPurgedIsHiddenAndNothingElse() {
        String region = region();
        String other = region();
        store(region + "/a", "a", "Cache-Tag", "x");
        store(region + "/b", "b", "Cache-Tag", "y , x");
        store(region + "/c", "c", "Cache-Tag", "y");
        store(region + "/d", "d");
        store(other + "/a", "other", "Cache-Tag", "x");
        assertEquals(204, delete(region + "?tag=x").statusCode());
        assertEquals(List.of("404 cache-miss", "404 cache-miss", "200 c", "200 d"),
                List.of(read(region + "/a"), read(region + "/b"), read(region + "/c"), read(region + "/d")));
        store(region + "/a", "anew", "Cache-Tag", "x");
        assertEquals("200 anew", read(region + "/a"));
        assertEquals(204, delete(region).statusCode());
        assertEquals(List.of("404 cache-miss", "404 cache-miss", "404 cache-miss"),
                List.of(read(region + "/a"), read(region + "/c"), read(region + "/d")));
        assertEquals("200 other", read(other + "/a"));
    }

    @Test
    void deletingForgetsOneEntry() {
        String region = region();
        store(region + "/a", "a");
        store(region + "/b", "b");
        assertEquals("204 ", brief(delete(region + "/a")));
        assertEquals(List.of("404 cache-miss", "200 b"), List.of(read(region + "/a"), read(region + "/b")));
        assertEquals("204 ", brief(delete(region + "/a")));
    }

    /** One region and tag must not be read as another. */
    @Test
    void namesThatLookAlikeStayApart() {
        String region = region();
        store(region + "/a", "a", "Cache-Tag", "x:y");
        store(region + ".x/b", "b", "Cache-Tag", "y");
        store(region + "/c", "c", "Cache-Tag", "x");
        for (String tag : List.of("y", "x:", "X", "x:y:z", "%2A")) {
            assertEquals(204, delete(region + "?tag=" + tag).statusCode());
        }
        assertEquals(List.of("200 a", "200 b", "200 c"),
                List.of(read(region + "/a"), read(region + ".x/b"), read(region + "/c")));
        delete(region + "?tag=x:y");
        assertEquals("404 cache-miss", read(region + "/a"));
        assertEquals("200 c", read(region + "/c"));
    }

    @Test
    void tagsCountFromEveryFieldLine() {
        String region = region();
        store(region + "/a", "a", "Cache-Tag", "x", "Cache-Tag", "y");
        delete(region + "?tag=y");
        assertEquals("404 cache-miss", read(region + "/a"));
    }

    @Test
    void takesTheSameCommandsHoweverManyItHides() {
        String region = region();
        String few = region();
        for (int i = 0; i < 5; i++) {
            store(few + "/" + i, "x", "Cache-Tag", "tag");
        }
        fire(MANY, i -> request(ADMIN, "PUT", region + "/" + i, "x".getBytes(UTF_8), "Cache-Tag", "tag,t" + i % 10))
                .forEach(answer -> assertEquals(204, answer.statusCode()));
        // And as many more as make 100,000, by a shorter way.
        redis.call("EVAL", "for i = 1, ARGV[1] do redis.call('COPY', KEYS[1], KEYS[2] .. i) end", 2,
                "mr:{main:c:0}:e:" + region + "/0", "mr:{main:c:0}:e:" + region + "/copy-", COPIES);
        assertEquals("200 x", read(region + "/copy-" + COPIES));
        // Once, so that the script is known.
        delete(few + "?tag=other");
        long commands = commandsOf(few + "?tag=tag");
        assertTrue(commands > 0 && commands < 10, () -> commands + " commands");
        assertEquals(commands, commandsOf(region + "?tag=tag"));
        List<HttpResponse<byte[]>> answers = fire(MANY, i -> request(ADMIN, "GET", region + "/" + i, null));
        assertEquals(MANY, answers.stream().filter(answer -> brief(answer).equals("404 cache-miss")).count());
        assertEquals(COPIES, redis.keys("mr:{main:c:*" + region + "*").size(), "who asked freed their memory");
        fire(MANY, i -> request(ADMIN, "GET", region + "/copy-" + (i + 1), null))
                .forEach(answer -> assertEquals("404 cache-miss", brief(answer)));
    }

    /** What else goes on there can only add, so the least of a few counts is true. */
    private long commandsOf(String purge) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS; i++) {
            long before = commands();
            delete(purge);
            least = Math.min(least, commands() - before);
        }
        return least;
    }

    private long commands() {
        Matcher calls = CALLS.matcher((String) redis.call("INFO", "commandstats"));
        long sum = 0;
        while (calls.find()) {
            sum += Long.parseLong(calls.group(1));
        }
        return sum;
    }

    @Test
    void nothingStaysForEver() {
        String region = region();
        store(region + "/a", "a", "Cache-Tag", "x", "Cache-Control", "max-age=34560000");
        Cache.get(region + "/b?lease=60s");
        delete(region + "?tag=x");
        store(region + "/c", "c", "Cache-Control", "max-age=10, stale-while-revalidate=20, stale-if-error=30");
        List<String> keys = redis.keys("mr:{*:c:*").stream().filter(key -> !key.contains(":c:~regions}")).toList();
        assertTrue(keys.size() >= 4, keys::toString);
        keys.forEach(key -> assertTrue(redis.number("PTTL", key) != -1, key));
        long ttl = redis.number("PTTL", "mr:{main:c:0}:e:" + region + "/c");
        assertTrue(ttl > 0 && ttl <= 40_000, () -> ttl + " ms");
    }

    private static List<HttpResponse<byte[]>> fire(int count, IntFunction<HttpRequest> requests) {
        Semaphore places = new Semaphore(AT_ONCE);
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            places.acquireUninterruptibly();
            answers.add(later(requests.apply(i)).whenComplete((answer, failure) -> places.release()));
        }
        return answers.stream().map(CompletableFuture::join).toList();
    }
}
