package dev.millrace.ops;

import static dev.millrace.ops.Recorded.array;
import static dev.millrace.ops.Recorded.bulk;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.NumberType;

/** Of a slow command the key and the number of arguments are kept, and no payload, password or script. */
class SlowCommandTest {

    @ParameterizedTest
    @ValueSource(strings = {"redis-6.2", "redis-7.0"})
    void aRecordedLogIsReadWithoutItsPayloads(String server) {
        Map<String, SlowCommand> log = StreamSupport.stream(Recorded.reply(server + "-slowlog").spliterator(), false)
                .map(SlowCommand::parse)
                .collect(Collectors.toMap(slow -> slow.command() + " " + slow.key(), Function.identity()));
        SlowCommand set = log.get("SET mr:{main:sess:x}:h");
        assertEquals(4, set.arguments());
        assertTrue(set.atSeconds() > 1_700_000_000 && set.micros() > 0 && set.id() > 0);
        assertTrue(set.clientAddress().startsWith("127.0.0.1:"));
        assertNull(set.clientName());
        SlowCommand evalsha = log.get("EVALSHA mr:{other:jq:emails}:meta");
        assertEquals(4, evalsha.arguments());
        assertEquals("e0e1f9fabfc9d4800c877a703b823ac0578ff8db", evalsha.sha1());
        assertEquals(4, log.get("EVAL k").arguments());
        assertNull(log.get("EVAL k").sha1());
        assertEquals(80, log.get("MSET 0").arguments());
        assertEquals(2, log.get("CONFIG GET null").arguments());
        assertEquals("recorder", log.get("INFO null").clientName());
        assertEquals(1, log.get("SUBSCRIBE null").arguments());
        assertTrue(log.containsKey("SET mr:{main:cache:" + "k".repeat(SlowCommand.MAX_KEY - 15)));
        for (String secret : new String[]{"never-shown", "payload", "return"}) {
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
        return array(NumberType.create(1L), NumberType.create(1_700_000_000L), NumberType.create(10L),
                array(Stream.of(words).map(Recorded::bulk).toArray(Response[]::new)), bulk("127.0.0.1:1"), bulk(""));
    }
}
