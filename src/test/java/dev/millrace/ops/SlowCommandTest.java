package dev.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;

/** Of a slow command the key and the number of arguments are kept, and no payload, password or script. */
class SlowCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"redis-6.2", "redis-7.0"})
    void aRecordedLogIsReadWithoutItsPayloads(String server) {
        Map<String, SlowCommand> log = StreamSupport
                .stream(Recorded.reply(server + "-slowlog").spliterator(), false).map(SlowCommand::parse)
                .collect(Collectors.toMap(slow -> slow.command() + " " + slow.arguments(), Function.identity()));
        SlowCommand set = log.get("SET 4");
        assertEquals("mr:{main:sess:x}:h", set.key());
        assertTrue(set.atSeconds() > 1_700_000_000 && set.micros() > 0 && set.id() > 0);
        assertTrue(set.clientAddress().startsWith("127.0.0.1:"));
        assertNull(set.clientName());
        SlowCommand evalsha = log.get("EVALSHA 4");
        assertEquals("mr:{other:jq:emails}:meta", evalsha.key());
        assertEquals("e0e1f9fabfc9d4800c877a703b823ac0578ff8db", evalsha.sha1());
        SlowCommand eval = log.get("EVAL 4");
        assertEquals("k", eval.key());
        assertNull(eval.sha1());
        assertEquals("0", log.get("MSET 80").key());
        assertEquals("CONFIG GET 2", log.keySet().stream().filter(k -> k.startsWith("CONFIG")).findFirst().orElse(""));
        assertEquals("recorder", log.get("INFO 0").clientName());
        assertNull(log.get("SUBSCRIBE 1").key());
        String long128 = log.values().stream().map(SlowCommand::key)
                .filter(k -> k != null && k.startsWith("mr:{main:cache"))
                .findFirst().orElseThrow();
        assertEquals(SlowCommand.LONGEST_KEY, long128.length());
        for (String secret : new String[]{"never-shown", "secret", "payload", "return"}) {
            assertFalse(log.toString().contains(secret), secret);
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
            "get k, GET, k, 1", "HSET k f v, HSET, k, 3", "DBSIZE, DBSIZE, -, 0",
            "AUTH user pass, AUTH, -, 2", "HELLO 3 AUTH user pass, HELLO, -, 4", "ECHO payload, ECHO, -, 1",
            "PUBLISH channel payload, PUBLISH, -, 2", "KEYS *, KEYS, -, 1", "SCAN 0 MATCH x, SCAN, -, 3",
            "CONFIG SET requirepass p, CONFIG SET, -, 3", "ACL SETUSER u >p, ACL SETUSER, -, 3",
            "SCRIPT LOAD source, SCRIPT LOAD, -, 2", "XINFO STREAM s, XINFO STREAM, s, 2",
            "MEMORY USAGE k, MEMORY USAGE, k, 2", "XREADGROUP GROUP g c STREAMS s >, XREADGROUP, -, 6",
            "EVALSHA abc 0 payload, EVALSHA, -, 3", "FCALL f 2 a b payload, FCALL, a, 5", "EVAL source, EVAL, -, 1"})
    void onlyWhatIsAKeyIsShown(String words, String command, String key, int arguments) {
        SlowCommand slow = SlowCommand.parse(entry(words.split(" ")));
        assertEquals(command, slow.command());
        assertEquals(key, slow.key());
        assertEquals(arguments, slow.arguments());
    }

    private static Response entry(String... words) {
        MultiType args = MultiType.create(words.length, false);
        for (String word : words) {
            args.add(bulk(word));
        }
        MultiType entry = MultiType.create(6, false);
        entry.add(NumberType.create(1L));
        entry.add(NumberType.create(1_700_000_000L));
        entry.add(NumberType.create(10L));
        entry.add(args);
        entry.add(bulk("127.0.0.1:1"));
        entry.add(bulk(""));
        return entry;
    }

    private static Response bulk(String text) {
        return BulkType.create(Buffer.buffer(text.getBytes(StandardCharsets.UTF_8)), false);
    }
}
