package dev.millrace.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.millrace.redis.dev.RedisServerProcess;

/**
 * Runs the service's scripts, unchanged, on a real Redis server under a clock that the test moves, so that a history of
 * hours is run in milliseconds and gives the same answers each time.
 *
 * <p>Redis has two clocks, TIME and the one by which keys expire. {@code virtual-time.lua} stands in for both: it shadows
 * the script's {@code redis}, answers TIME, PTTL, PEXPIRE and SET itself, and keeps expiries in a hash beside the data.
 * A command that sets an expiry in any other way leaves a key without one there, which {@link #immortal} shows.
 * Everything else is Redis' own doing. That real TTLs are set where virtual ones are is left to the tests over HTTP.
 */
public final class VirtualRedis {

    /** A moment as good as any, of the present order of magnitude and not on a boundary of anything. */
    private static final long START = 1_767_225_600_123_456L;
    private static final String EXPIRIES = "virtual:expiries";

    private static VirtualRedis shared;

    private final RedisConversation redis = new RedisConversation(RedisServerProcess.launch().port());
    private final String prelude = read("virtual-time.lua");
    private final Map<String, String> loaded = new HashMap<>();
    private long now;

    private VirtualRedis() {}

    /** The one of this test run, emptied, with its clock at the start. */
    public static synchronized VirtualRedis fresh() {
        if (shared == null) {
            shared = new VirtualRedis();
        }
        shared.redis.call("FLUSHDB");
        shared.now = START;
        return shared;
    }

    /** The time, in µs. */
    public long now() {
        return now;
    }

    public void advance(long micros) {
        now += micros;
    }

    /** As {@link #raw}, for a script that returns numbers. */
    public List<Long> run(String script, List<String> keys, List<?> args) {
        Object reply = raw(script, keys, args);
        return reply instanceof List<?> list ? list.stream().map(Long.class::cast).toList() : List.of((Long) reply);
    }

    /** Runs the script {@code <feature>/<verb>-<keys>} at the present moment; the reply is as Redis gave it. */
    public Object raw(String script, List<String> keys, List<?> args) {
        String sha = loaded.computeIfAbsent(script,
                name -> (String) redis.call("SCRIPT", "LOAD", prelude + Script.load(name).source()));
        List<Object> command = new ArrayList<>(List.of("EVALSHA", sha, keys.size()));
        command.addAll(keys);
        command.addAll(args);
        command.add(now);
        return redis.call(command.toArray());
    }

    /** Sends a command as it is; not for one that depends on time. */
    public Object call(Object... command) {
        return redis.call(command);
    }

    /** Loses a key, as a server does that is short of memory. */
    public void lose(String key) {
        redis.call("DEL", key);
        redis.call("HDEL", EXPIRIES, key);
    }

    /** The keys that would never expire. */
    public List<String> immortal() {
        return redis.keys("*").stream()
                .filter(key -> !key.equals(EXPIRIES) && redis.call("HGET", EXPIRIES, key) == null)
                .collect(Collectors.toList());
    }

    private static String read(String resource) {
        try (InputStream in = VirtualRedis.class.getClassLoader().getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
