package dev.millrace.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vertx.redis.client.Request;

/**
 * What the Redis user of the service must be allowed to do. {@code docs/operations.md} shows {@link #rules}, the HTTP tests run the
 * service as a user with these rules and no others, and the service checks them at start.
 */
public final class RedisPermissions {

    /** Pattern of the service's keys and channels. */
    public static final String PATTERN = Keys.PREFIX + "*";

    /** A key, and a channel, that the service does not use. */
    private static final String NAME = Keys.PREFIX + "{~check}:permissions";

    /** Commands of the Lua scripts. A test compares them with the scripts. */
    private static final List<String> OF_SCRIPTS = words("DEL EXISTS GET HDEL HEXISTS HGET HINCRBY HKEYS HLEN HMGET"
            + " HSCAN HSET HSETNX HSTRLEN LINDEX LLEN LPOP LPUSH LRANGE LREM LTRIM PERSIST PEXPIRE PTTL PUBLISH RPUSH SADD"
            + " SCARD SET SISMEMBER TIME UNLINK XADD XRANGE XREVRANGE ZADD ZCARD ZCOUNT ZINCRBY ZMSCORE ZPOPMIN ZRANGE"
            + " ZRANGEBYSCORE ZREM ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYSCORE ZSCAN ZSCORE");

    /** Commands of Java code that have keys or channels. */
    private static final List<String> OF_STORES = words("GET HGETALL PUBLISH SET SMEMBERS SREM SUBSCRIBE UNLINK"
            + " UNSUBSCRIBE ZREM");

    /** Other commands, with arguments that Redis would accept. */
    private static final List<String> OF_SERVER = List.of("CLIENT LIST", "CLUSTER SLOTS", "CONFIG GET save", "EVAL x 0",
            "EVALSHA x 0", "INFO", "PING", "SCRIPT LOAD x", "SLOWLOG GET 1", "SLOWLOG LEN", "TIME", "WAIT 1 1");

    /** Commands that open a connection, and those that check the permissions. */
    private static final List<String> OF_CONNECTION = words("ASKING AUTH DISCARD HELLO MULTI SELECT");

    /** What callers of Redis over HTTP may do; {@code KvRules} allows less. */
    private static final String CALLERS = "~* resetchannels &* -@all +@read +@write +@transaction +@pubsub +@scripting"
            + " +auth +command +echo +hello +info +monitor +ping +select +time";

    /**
     * One command.
     *
     * @param name as the log and the rules of an ACL name it, such as {@code config|get}
     * @param words of a call
     */
    public record Permission(String name, List<String> words) {

        /** Returns the call. It is for a transaction that is discarded: it would not succeed. */
        public Request request() {
            Request request = Request.cmd(RedisValues.command(words.get(0)));
            words.subList(1, words.size()).forEach(request::arg);
            return request;
        }
    }

    private RedisPermissions() {}

    /** Returns the commands whose permission can be checked. */
    public static List<Permission> checked() {
        List<Permission> all = new ArrayList<>();
        Stream.concat(OF_SCRIPTS.stream(), OF_STORES.stream()).distinct().sorted().forEach(name -> {
            List<String> call = new ArrayList<>(List.of(name));
            while (call.size() < RedisValues.minWords(name)) {
                call.add(NAME);
            }
            all.add(new Permission(rule(name), call));
        });
        OF_SERVER.forEach(call -> all.add(new Permission(rule(call), words(call))));
        return all;
    }

    /** Returns the rules of ACL SETUSER for the service. */
    public static String rules() {
        return "~" + PATTERN + " resetchannels &" + PATTERN + " -@all "
                + Stream.of(OF_SCRIPTS, OF_STORES, OF_SERVER, OF_CONNECTION).flatMap(List::stream)
                        .map(call -> "+" + rule(call)).distinct().sorted().collect(Collectors.joining(" "));
    }

    /** Returns the rules of ACL SETUSER for the Redis of {@code /redis}. */
    public static String rulesOfCallers() {
        return CALLERS;
    }

    /** Subcommands are written with a bar. */
    private static String rule(String call) {
        String[] words = call.toLowerCase(Locale.ROOT).split(" ");
        return switch (words[0]) {
            case "client", "cluster", "config", "script", "slowlog" -> words[0] + "|" + words[1];
            default -> words[0];
        };
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }
}
