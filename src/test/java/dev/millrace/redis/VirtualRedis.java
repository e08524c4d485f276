package dev.millrace.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.runtime.datasource.ReactiveRedisDataSourceImpl;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.ErrorType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;

import dev.millrace.redis.RedisUnavailableException.Reason;
import dev.millrace.redis.dev.RedisServerProcess;

/**
 * Runs the stores' scripts, unchanged, on a real Redis server under a clock that the test moves, so that a history of
 * hours is run in milliseconds and gives the same answers each time.
 *
 * <p>Redis has two clocks, TIME and the one by which keys expire. {@code virtual-time.lua} stands in for both: it shadows
 * the script's {@code redis}, answers TIME, PTTL, PEXPIRE, PERSIST and SET itself, and keeps expiries in a hash beside the data.
 * A command that sets an expiry in any other way leaves a key without one there, which {@link #immortal} shows.
 * Everything else is Redis' own doing. That real TTLs are set where virtual ones are is left to the tests over HTTP.
 *
 * <p>It can {@linkplain #refuseNext refuse} what a script writes, as Redis does when it cannot take it.
 */
public final class VirtualRedis implements ScriptRunner {

    /** Why Redis refuses to write. */
    public enum Refusal {
        NONE(""),
        /** Its memory is full: it refuses what may need some, as long as the script has written nothing. */
        MEMORY_FULL("full"),
        /** It is a replica: it refuses every write. */
        READ_ONLY("readonly");

        private final String word;

        Refusal(String word) {
            this.word = word;
        }
    }

    /** A moment as good as any, of the present order of magnitude and not on a boundary of anything. */
    private static final long START = 1_767_225_600_123_456L;
    private static final String EXPIRIES = "virtual:expiries";
    private static final String READ = """
            local all = {}
            for _, key in ipairs(redis.call('KEYS', '*')) do
              local sort = redis.call('TYPE', key).ok
              local value = sort == 'list' and redis.call('LRANGE', key, 0, -1)
                or sort == 'hash' and redis.call('HGETALL', key)
                or sort == 'zset' and redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
                or sort == 'stream' and redis.call('XRANGE', key, '-', '+')
                or sort == 'set' and redis.call('SMEMBERS', key)
                or { redis.call('GET', key) }
              all[#all + 1] = { key, sort, value }
            end
            return all
            """;

    /** A data source must have one, and asks nothing of it. */
    private static final Vertx NO_VERTX = Vertx.newInstance((io.vertx.core.Vertx) Proxy.newProxyInstance(
            VirtualRedis.class.getClassLoader(), new Class<?>[]{io.vertx.core.Vertx.class}, (proxy, method, args) -> {
                throw new UnsupportedOperationException(method.getName());
            }));

    private static VirtualRedis shared;

    private final RedisConversation redis = new RedisConversation(RedisServerProcess.launch().port());
    private final String prelude = commands("WRITES", "write") + commands("HUNGRY", "denyoom")
            + read("virtual-time.lua");
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Map<Script, String> loaded = new HashMap<>();
    private Refusal next = Refusal.NONE;
    private long now;

    private VirtualRedis() {}

    /** The one of this test run, emptied, with its clock at the start. */
    public static synchronized VirtualRedis fresh() {
        if (shared == null) {
            shared = new VirtualRedis();
        }
        shared.redis.call("FLUSHDB");
        shared.now = START;
        shared.next = Refusal.NONE;
        return shared;
    }

    /** The time, in µs. */
    public long now() {
        return now;
    }

    /** The time, in ms. */
    public long ms() {
        return now / 1000;
    }

    public void advance(long micros) {
        now += micros;
    }

    /** The item, or the failure thrown. */
    public static <T> T await(Uni<T> uni) {
        return uni.await().indefinitely();
    }

    /** Makes Redis refuse what the next script writes; the ones after that are free to. */
    public void refuseNext(Refusal refusal) {
        next = refusal;
    }

    @Override
    public Script get(String name) {
        return scripts.computeIfAbsent(name, Script::load);
    }

    @Override
    public Uni<Response> run(Script script, List<String> keys, List<String> args, byte[] bytes) {
        return Uni.createFrom().deferred(() -> {
            List<Object> all = new ArrayList<>(args);
            if (bytes != null) {
                all.add(Buffer.buffer(bytes));
            }
            try {
                return Uni.createFrom().item(response(reply(script, keys, all)));
            } catch (RedisConversation.ErrorReply e) {
                return Uni.createFrom().failure(RedisReply.failure(ErrorType.create(e.getMessage())));
            }
        });
    }

    /** For the plain commands of stores. What time does to keys they see as scripts do. */
    public ReactiveRedisDataSource dataSource() {
        Script command = new Script("virtual/command-0", "return redis.call(unpack(ARGV))", "");
        Redis client = new Redis() {
            @Override
            public Future<Response> send(Request request) {
                return Future.fromCompletionStage(
                        run(command, List.of(), words(request), null).subscribeAsCompletionStage());
            }

            @Override
            public Future<List<Response>> batch(List<Request> requests) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Future<RedisConnection> connect() {
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {}
        };
        var redis = io.vertx.mutiny.redis.client.Redis.newInstance(client);
        return new ReactiveRedisDataSourceImpl(NO_VERTX, redis, io.vertx.mutiny.redis.client.RedisAPI.api(redis));
    }

    /** The command and its arguments; a request shows itself as it is sent. */
    private static List<String> words(Request request) {
        List<String> words = new ArrayList<>();
        Buffer sent = Buffer.buffer(request.toString());
        int at = line(sent, 0) + 2;
        while (at < sent.length()) {
            int end = line(sent, at);
            int length = Integer.parseInt(sent.getString(at + 1, end));
            words.add(sent.getString(end + 2, end + 2 + length));
            at = end + 2 + length + 2;
        }
        return words;
    }

    private static int line(Buffer sent, int from) {
        int at = from;
        while (sent.getByte(at) != '\r') {
            at++;
        }
        return at;
    }

    private Object reply(Script script, List<String> keys, List<?> args) {
        String sha = loaded.computeIfAbsent(script, s -> (String) redis.call("SCRIPT", "LOAD", prelude + s.source()));
        List<Object> command = new ArrayList<>(List.of("EVALSHA", sha, keys.size()));
        command.addAll(keys);
        command.addAll(args);
        command.add(next.word);
        command.add(now);
        next = Refusal.NONE;
        return redis.call(command.toArray());
    }

    private static Response response(Object reply) {
        if (reply instanceof List<?> list) {
            MultiType multi = MultiType.create(list.size(), false);
            list.forEach(item -> multi.add(response(item)));
            return multi;
        }
        return reply == null
                ? null
                : reply instanceof Long number
                        ? NumberType.create(number)
                        : BulkType.create(Buffer.buffer((String) reply), false);
    }

    /**
     * Takes a step of a history, of which Redis may refuse what it writes first. A refused step is an outage to the caller, and
     * changes nothing.
     *
     * @return whether the step was taken
     */
    public boolean take(Refusal refusal, Runnable step) {
        if (refusal == Refusal.NONE) {
            step.run();
            return true;
        }
        Map<String, Object> before = content();
        refuseNext(refusal);
        try {
            step.run();
            return true;
        } catch (RedisUnavailableException e) {
            if (e.reason() != Reason.REFUSED || !RedisUnavailableException.isOutage(e)) {
                throw e;
            }
            if (!before.equals(content())) {
                throw new AssertionError("A refused script has written: " + before + " became " + content(), e);
            }
            return false;
        } finally {
            next = Refusal.NONE;
        }
    }

    /** All that is there, by key. */
    public Map<String, Object> content() {
        Map<String, Object> content = new TreeMap<>();
        for (Object entry : (List<?>) redis.call("EVAL", READ, 0)) {
            String key = (String) ((List<?>) entry).get(0);
            if (!key.equals(EXPIRIES) && !hasExpired(key)) {
                content.put(key, value((List<?>) entry));
                content.put(key + " expires", String.valueOf(redis.call("HGET", EXPIRIES, key)));
            }
        }
        return content;
    }

    /** Without the order that a hash or a set happens to be in. */
    private static Object value(List<?> entry) {
        List<?> list = (List<?>) entry.get(2);
        if (entry.get(1).equals("set")) {
            return new TreeSet<>(list);
        }
        if (!entry.get(1).equals("hash")) {
            return list;
        }
        Map<Object, Object> map = new TreeMap<>();
        for (int i = 0; i < list.size(); i += 2) {
            map.put(list.get(i), list.get(i + 1));
        }
        return map;
    }

    private boolean hasExpired(String key) {
        Object at = redis.call("HGET", EXPIRIES, key);
        return at != null && ms() > Long.parseLong((String) at);
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
        Set<Object> mortal = new HashSet<>(redis.list("HKEYS", EXPIRIES));
        return redis.keys("*").stream().filter(key -> !key.equals(EXPIRIES) && !mortal.contains(key)).toList();
    }

    /** A Lua text of the names of the commands that have a flag, by the server's own word. */
    private String commands(String name, String flag) {
        return redis.list("COMMAND").stream().map(List.class::cast)
                .filter(command -> ((List<?>) command.get(2)).contains(flag))
                .map(command -> command.get(0).toString().toUpperCase(Locale.ROOT))
                .collect(Collectors.joining(" ", "local " + name + " = ' ", " '\n"));
    }

    private static String read(String resource) {
        try (InputStream in = VirtualRedis.class.getClassLoader().getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
