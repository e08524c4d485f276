package dev.millrace.kv;

import static dev.millrace.Api.COMMANDER;
import static dev.millrace.Api.COMMAND_READER;
import static dev.millrace.kv.Kv.key;
import static dev.millrace.kv.Kv.result;
import static dev.millrace.kv.Kv.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.redis.RedisConversation;

/** Whatever callers send stays in their database, on whatever server: every command it has is tried. */
@QuarkusTest
class KvIsolationTest {

    private static final String PREY = "mr:{prey}";

    RedisConversation redis;

    private final String secret = "secret-" + key();

    /** A command of the server. */
    private record Known(String name, int arity, Set<String> flags) {}

    @BeforeEach
    void bait() {
        redis.call("SET", PREY, secret);
    }

    @AfterEach
    void nothingHappenedToTheServicesDatabase() {
        assertEquals(secret, redis.call("GET", PREY));
        assertEquals(List.of(), redis.keys("*caught*"));
        String marker = key();
        assertEquals("OK", result("SET", marker, "x").textValue());
        try (RedisConversation callers = new RedisConversation(redis.port())) {
            callers.call("SELECT", 1);
            assertEquals("x", callers.call("GET", marker));
        }
        redis.call("DEL", PREY);
    }

    @Test
    void noCommandReachesTheServicesDatabase() {
        List<List<Object>> shapes = List.of(List.of(), List.of("0"), List.of("0", "1"), List.of(PREY),
                List.of(PREY, "0"),
                List.of(PREY, "caught"), List.of("caught", PREY), List.of(PREY, "caught", "DB", "0"),
                List.of("caught", "caught", "db\0", "0", "REPLACE"), List.of(PREY, PREY, PREY),
                List.of("1", PREY, PREY),
                List.of("127.0.0.1", redis.port(), "caught", "0", "1000"),
                List.of("127.0.0.1", redis.port(), "", "0", "1000", "COPY", "KEYS", "caught"),
                List.of("GET", PREY), List.of("2", "caught", PREY), List.of("0", "SYNC"), List.of("ON"),
                List.of("STREAMS", PREY, "0"));
        Set<String> unavailable = new TreeSet<>();
        for (Known command : commands()) {
            List<List<Object>> tries = new ArrayList<>();
            for (List<Object> shape : shapes) {
                // With what is to be caught there, as callers have it.
                tries.add(List.of("SET", "caught", "x"));
                List<Object> words = new ArrayList<>(List.of((Object[]) command.name.split("\\|")));
                words.addAll(shape);
                tries.add(words);
            }
            for (JsonNode outcome : Kv.pipeline(COMMANDER, tries)) {
                assertFalse(outcome.toString().contains(secret), command.name);
                if (outcome.path("error").asText()
                        .matches("ERR .*(Redis did not answer|connection to Redis was lost|not connected).*")) {
                    unavailable.add(command.name);
                }
            }
            assertEquals(secret, redis.call("GET", PREY), command.name);
        }
        assertEquals(Set.of(), unavailable);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT", "SWAPDB", "MOVE", "MIGRATE", "CONFIG", "DEBUG", "SHUTDOWN", "REPLICAOF",
            "SLAVEOF", "MODULE", "ACL",
            "CLUSTER", "SAVE", "BGSAVE", "BGREWRITEAOF", "CLIENT", "AUTH", "HELLO", "RESET", "QUIT", "MONITOR",
            "SUBSCRIBE",
            "PSUBSCRIBE", "UNSUBSCRIBE", "SYNC", "PSYNC", "REPLCONF", "MULTI", "EXEC", "DISCARD", "WATCH", "INFO",
            "SLOWLOG",
            "LATENCY", "WAIT", "PUBSUB", "FUNCTION", "FCALL", "RESTORE", "POST", "HOST:", "FT.SEARCH",
            "SCRIPT KILL", "CLIENT KILL", "CONFIG SET", "FUNCTION LOAD",
            "MEMORY DOCTOR", "MEMORY PURGE", "MEMORY USAGE\0", "OBJECT|HELP", "PUBLISH mr:x x", "publish mr: x"})
    void whatConcernsOthersIsRefusedInAnyCase(String command) {
        StringBuilder mixed = new StringBuilder();
        command.chars().forEach(c -> mixed.append(
                (char) (mixed.length() % 2 == 0 ? Character.toUpperCase(c) : Character.toLowerCase(c))));
        boolean channel = command.contains("mr:");
        for (String name : channel
                ? List.of(command)
                : List.of(command, command.toLowerCase(Locale.ROOT), mixed.toString())) {
            String error = run((Object[]) name.split(" ")).error(400);
            assertTrue(error.startsWith("NOPERM this user has no permissions to run the '")
                    || error.startsWith("ERR unknown command '"), error);
        }
    }

    @Test
    void namesWithMoreThanTheNameAreNoCommands() {
        for (String odd : List.of("SELECT\0", "SELECT ", " SELECT", "SELECT\n", "SELECT\r\n", "CONFIG|GET", "", "\0",
                "*1\r\n$8\r\nFLUSHALL\r\n", "é")) {
            assertTrue(run(odd, 0).error(400).startsWith("ERR unknown command '"), odd);
        }
        // Sent as what it was checked as.
        assertEquals("PONG", run("pıng").result().textValue());
    }

    @Test
    void blockingCommandsAreRefusedHoweverTheyAreWritten() {
        String k = key();
        result("XGROUP", "CREATE", k, "STREAMS", "$", "MKSTREAM");
        for (List<String> words : List.of(List.of("BLPOP", k, "0"), List.of("brpop", k, "0"),
                List.of("BLMOVE", k, k, "LEFT", "LEFT", "0"),
                List.of("BRPOPLPUSH", k, k, "0"), List.of("BZPOPMIN", k, "0"), List.of("BZPOPMAX", k, "0"),
                List.of("XREAD", "BLOCK", "0", "STREAMS", k, "$"),
                List.of("XREAD", "COUNT", "1", "block", "0", "STREAMS", k, "$"),
                List.of("XREAD", "BLOCK\0x", "0", "STREAMS", k, "$"),
                List.of("XREADGROUP", "GROUP", "STREAMS", "c", "BLOCK", "0", "STREAMS", k, ">"),
                List.of("XREADGROUP", "GROUP", "STREAMS", "STREAMS", "NOACK", "BLOCK", "0", "STREAMS", k, ">"),
                List.of("XREADGROUP", "COUNT", "1", "GROUP", "g", "STREAMS", "BLOCK", "0", "STREAMS", k, ">"))) {
            assertTrue(run(words.toArray()).error(400).startsWith("NOPERM "), words::toString);
        }
        assertTrue(result("XREADGROUP", "GROUP", "STREAMS", "BLOCK", "STREAMS", k, ">").isNull());
        assertTrue(result("XREAD", "STREAMS", "BLOCK", "0").isNull());
    }

    /** Of the rest, what Redis calls reading is refused only where it is not for callers at all. */
    @Test
    void whoMayOnlyReadRunsExactlyWhatRedisCallsReading() {
        Set<String> forNobody = Set.of("post", "host:", "fcall_ro", "pfdebug", "memory|doctor", "memory|help",
                "memory|malloc-stats",
                "memory|purge", "memory|stats", "memory");
        Set<String> wrong = new TreeSet<>();
        int reading = 0;
        for (Known command : commands()) {
            List<Object> words = new ArrayList<>(List.of((Object[]) command.name.split("\\|")));
            words.addAll(Collections.nCopies(Math.max(0, Math.abs(command.arity) - words.size()), "a"));
            boolean refused = Kv.as(COMMAND_READER, words.toArray()).json().path("error").asText()
                    .startsWith("NOPERM ");
            boolean reads = command.flags.contains("readonly") && !command.flags.contains("admin");
            reading += reads ? 1 : 0;
            if (reads == refused && !forNobody.contains(command.name)) {
                wrong.add(command.name + " " + command.flags);
            }
        }
        assertEquals(Set.of(), wrong);
        assertTrue(reading > 60, "commands that read: " + reading);
    }

    /** With subcommands, as {@code object|encoding}, where the server tells. */
    private List<Known> commands() {
        List<Known> all = new ArrayList<>();
        redis.list("COMMAND").forEach(command -> add(all, (List<?>) command));
        assertTrue(all.size() > 200);
        return all;
    }

    private static void add(List<Known> all, List<?> command) {
        Set<String> flags = new TreeSet<>();
        ((List<?>) command.get(2)).forEach(flag -> flags.add((String) flag));
        List<?> subcommands = command.size() > 9 ? (List<?>) command.get(9) : List.of();
        // What a command with subcommands is flagged is of no account: each of them has flags.
        if (subcommands.isEmpty()) {
            all.add(new Known((String) command.get(0), ((Long) command.get(1)).intValue(), flags));
        }
        subcommands.forEach(subcommand -> add(all, (List<?>) subcommand));
    }
}
