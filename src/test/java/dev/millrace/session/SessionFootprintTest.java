package dev.millrace.session;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.as;
import static dev.millrace.session.Sessions.CURRENT;
import static dev.millrace.session.Sessions.OF_USER;
import static dev.millrace.session.Sessions.ONE_OF_USER;
import static dev.millrace.session.Sessions.ROTATE;
import static dev.millrace.session.Sessions.create;
import static dev.millrace.session.Sessions.createMany;
import static dev.millrace.session.Sessions.idOf;
import static dev.millrace.session.Sessions.idsOf;
import static dev.millrace.session.Sessions.open;
import static dev.millrace.session.Sessions.patch;
import static dev.millrace.session.Sessions.use;
import static dev.millrace.session.Sessions.user;
import static dev.millrace.session.Sessions.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

import dev.millrace.redis.RedisConversation;
import dev.millrace.user.UserKey;

/**
 * Guarantees of what sessions leave in Redis, and do there: no token and no part of one's secret; nothing that stays for
 * ever; and revoking all of a user's takes the same commands however many there are.
 */
@QuarkusTest
class SessionFootprintTest {

    /** Calls of those commands that sessions' scripts run, apart from those that look for what has ended. */
    private static final Pattern CALLS = Pattern.compile(
            "cmdstat_(?:hget|hmget|hset|hdel|hgetall|hscan|hkeys|del|unlink|zadd|zrem|zrange|zcount|zcard|zscore|xadd"
                    + "|expire|pexpire|pexpireat|pttl|rename):calls=(\\d+)");
    private static final int ATTEMPTS = 4;
    /** By so many characters at their beginning, texts are sought. */
    private static final int START = 16;

    RedisConversation redis;

    private final Random random = new Random(42);
    private final Set<String> everyToken = new HashSet<>();
    private final List<String> recent = new ArrayList<>();

    @Test
    void redisNeverKnowsATokenAndKeepsNothingForEver() {
        List<String> users = List.of(user(), user(), user(), user());
        for (int i = 0; i < 300; i++) {
            doSomething(users.get(random.nextInt(users.size())));
        }
        assertTrue(everyToken.size() > 100, "many tokens");
        String id = idOf(open(users.get(0)));
        List<String> keys = redis.keys("*");
        assertTrue(keys.stream().anyMatch(key -> key.startsWith("mr:{main:user:")),
                "sessions are where they are sought");
        StringBuilder everything = new StringBuilder();
        keys.forEach(key -> everything.append(key).append('\n').append(contents(key)).append('\n'));
        String kept = everything.toString();
        assertTrue(kept.contains(id), "ids are found, so secrets would be");
        assertEquals(Optional.of(id), firstFound(Set.of(id), kept), "what is there is found");
        Set<String> secrets = everyToken.stream().flatMap(token -> secrets(token).stream()).collect(Collectors.toSet());
        assertEquals(Optional.empty(), firstFound(secrets, kept));
        // -2: it has ended since.
        keys.stream().filter(key -> key.contains(":user:"))
                .forEach(key -> assertTrue(redis.number("PTTL", key) != -1, key));
    }

    private void doSomething(String user) {
        String token = recent.isEmpty() ? "" : recent.get(Math.max(0, recent.size() - 1 - random.nextInt(4)));
        switch (random.nextInt(12)) {
            case 0 -> learn(create(user, "'idle':'" + (1 + random.nextInt(50)) + "ms'"));
            case 1, 2 -> learn(create(user, "'data':{'a':'b'}", "'device':{'userAgent':'x'}"));
            case 3, 4 -> learn(create(user, "'maxPerUser':3", "'onLimit':'evict-oldest'"));
            case 5 -> use(token);
            case 6 -> patch(token, "{'n':" + random.nextInt(9) + "}");
            case 7, 8 -> learn(with(token).post(ROTATE));
            case 9 -> with(token).delete(CURRENT);
            case 10 -> as(ADMIN).delete(ONE_OF_USER, user, idsOf(user).stream().findFirst().orElse("x"));
            default -> {
                if (random.nextInt(4) == 0) {
                    as(ADMIN).delete(OF_USER, user);
                }
                learn(create(user));
            }
        }
    }

    private void learn(Response answer) {
        if (answer.statusCode() < 300) {
            everyToken.add(answer.path("token"));
            recent.add(answer.path("token"));
        }
    }

    /** The token and what only its holder may know, in the ways it might be written. */
    private static List<String> secrets(String token) {
        String secret = token.substring(token.lastIndexOf('.') + 1);
        byte[] bytes = Base64.getUrlDecoder().decode(secret);
        return List.of(token, secret, secret.substring(0, 20), secret.substring(20),
                HexFormat.of().formatHex(bytes, 0, 15),
                HexFormat.of().formatHex(bytes, 15, 48), Base64.getEncoder().encodeToString(bytes));
    }

    /** Which of those texts the other contains, found in one pass over it: it is large, and the texts are many. */
    private static Optional<String> firstFound(Set<String> sought, String text) {
        Map<Integer, List<String>> byStart = sought.stream()
                .collect(Collectors.groupingBy(secret -> secret.substring(0, START).hashCode()));
        int leaving = 1;
        for (int i = 1; i < START; i++) {
            leaving *= 31;
        }
        int hash = text.substring(0, START).hashCode();
        for (int at = 0;; at++) {
            for (String secret : byStart.getOrDefault(hash, List.of())) {
                if (text.startsWith(secret, at)) {
                    return Optional.of(secret);
                }
            }
            if (at + START >= text.length()) {
                return Optional.empty();
            }
            // As String.hashCode counts, of the same number of characters one further on.
            hash = (hash - text.charAt(at) * leaving) * 31 + text.charAt(at + START);
        }
    }

    private Object contents(String key) {
        String type = (String) redis.call("TYPE", key);
        return switch (type) {
            case "string" -> redis.call("GET", key);
            case "hash" -> redis.call("HGETALL", key);
            case "zset" -> redis.call("ZRANGE", key, 0, -1, "WITHSCORES");
            case "set" -> redis.call("SMEMBERS", key);
            case "list" -> redis.call("LRANGE", key, 0, -1);
            case "stream" -> redis.call("XRANGE", key, "-", "+");
            case "none" -> "";
            default -> throw new AssertionError("a type that is not looked into: " + type);
        };
    }

    @Test
    void revokingAllTakesTheSameCommandsHoweverManyThereAre() {
        String user = user();
        // What the two share then lives longer than any session here, so that nothing need prolong it.
        open(Stream.generate(Sessions::user).filter(other -> partition(other) == partition(user)).findFirst()
                .orElseThrow(), "'absolute':'400d'");
        assertEquals(commandsOfRevokingAll(user, 10, false), commandsOfRevokingAll(user, 1000, false));
        assertEquals(commandsOfRevokingAll(user, 10, true), commandsOfRevokingAll(user, 1000, true));
    }

    private static int partition(String user) {
        return UserKey.of(user).partition();
    }

    /** Redis counts what scripts call, too. What else goes on there can only add, so the least of a few counts is true. */
    private long commandsOfRevokingAll(String user, int sessions, boolean butOne) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS; i++) {
            as(ADMIN).delete(OF_USER, user).then().statusCode(204);
            String first = open(user);
            createMany(user, sessions - 1);
            RequestSpecification request = butOne ? as(ADMIN).queryParam("except", idOf(first)) : as(ADMIN);
            long before = commands();
            request.delete(OF_USER, user).then().statusCode(204);
            least = Math.min(least, commands() - before);
            assertEquals(butOne ? 1 : 0, idsOf(user).size());
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
}
