package dev.millrace.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;

import dev.millrace.redis.RedisConversation;

/** The table of commands is loaded once for all who need it, before the first request. */
@QuarkusTest
class KvCommandTableTest {

    private static final Pattern LOADS = Pattern.compile("cmdstat_command:calls=(\\d+)");

    @Inject
    KvCommandTable table;

    RedisConversation redis;

    @Test
    void aBurstWaitsForOneLoad() {
        assertTrue(table.hasAsked());
        long before = loads();
        // Or the load would end while the burst still arrives.
        redis.call("CLIENT", "PAUSE", 300);
        List<Uni<Map<String, CommandKind>>> burst = IntStream.range(0, 300).mapToObj(i -> table.load()).toList();
        List<Map<String, CommandKind>> found = Uni.join().all(burst).andFailFast().await()
                .atMost(Duration.ofSeconds(30));
        found.forEach(one -> assertSame(found.get(0), one));
        assertEquals(before + 1, loads());
        table.load().await().atMost(Duration.ofSeconds(30));
        assertEquals(before + 2, loads(), "a load that is over is not used again");
    }

    private long loads() {
        Matcher calls = LOADS.matcher((String) redis.call("INFO", "commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }
}
