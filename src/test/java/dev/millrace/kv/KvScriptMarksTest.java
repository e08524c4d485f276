package dev.millrace.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.millrace.encoding.Digests;
import dev.millrace.redis.VirtualRedis;

/** Two replicas, one of which forgets the scripts of clients. */
class KvScriptMarksTest {

    private static final String SCRIPT = "return 1";
    private static final String SHA = Digests.sha1Hex(SCRIPT.getBytes(StandardCharsets.UTF_8));

    /** µs. */
    private static final long DAY = 86_400_000_000L;

    private final VirtualRedis redis = VirtualRedis.fresh();
    private final KvScripts one = new KvScripts(redis.dataSource());
    private final KvScripts other = new KvScripts(redis.dataSource());

    private static KvCommand command(String... words) {
        return KvCommand.of(Arrays.stream(words).map(word -> word.getBytes(StandardCharsets.UTF_8)).toList());
    }

    private static String seenBy(KvScripts replica) {
        KvCommand exists = command("SCRIPT", "EXISTS", SHA);
        Set<String> unknown = replica.unknown(List.of(exists));
        VirtualRedis.await(replica.learn(unknown));
        return replica.rewrite(exists).arg(1);
    }

    @Test
    void anotherReplicaNoticesAFlushWhenItLooks() {
        VirtualRedis.await(one.loaded(command("SCRIPT", "LOAD", SCRIPT)));
        assertEquals(40, seenBy(other).length());
        VirtualRedis.await(one.flush(command("SCRIPT", "FLUSH")));
        assertEquals("-", seenBy(one));
        assertEquals("-", seenBy(other));
        assertThrows(KvException.class, () -> other.rewrite(command("EVALSHA", SHA, "0")));
        VirtualRedis.await(other.loaded(command("SCRIPT", "LOAD", SCRIPT)));
        assertEquals(40, seenBy(one).length());
    }

    /** It may have started after the flush, or have been told nothing of it. */
    @Test
    void whatAReplicaLoadsAfterAFlushIsKnownToTheOthers() {
        VirtualRedis.await(one.flush(command("SCRIPT", "FLUSH")));
        VirtualRedis.await(other.loaded(command("SCRIPT", "LOAD", SCRIPT)));
        assertEquals(40, seenBy(one).length());
        assertEquals(40, seenBy(other).length());
        assertEquals(40, seenBy(new KvScripts(redis.dataSource())).length());
    }

    /** Each is kept for 30 days. */
    @Test
    void aFlushIsRememberedAsLongAsWhatIsLoadedAfterIt() {
        VirtualRedis.await(one.flush(command("SCRIPT", "FLUSH")));
        redis.advance(29 * DAY);
        VirtualRedis.await(one.loaded(command("SCRIPT", "LOAD", SCRIPT)));
        redis.advance(2 * DAY);
        assertEquals(40, seenBy(new KvScripts(redis.dataSource())).length());
    }

    /** Earlier versions stored no mark, which is that of no flush. */
    @Test
    void aMappingOfAnEarlierVersionIsKnownUntilAFlush() {
        VirtualRedis.await(one.loaded(command("SCRIPT", "LOAD", SCRIPT)));
        assertEquals(40, seenBy(other).length());
        VirtualRedis.await(one.flush(command("SCRIPT", "FLUSH", "ASYNC")));
        assertEquals("-", seenBy(new KvScripts(redis.dataSource())));
    }
}
