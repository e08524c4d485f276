package dev.millrace.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.millrace.queue.store.VirtualQueue;
import dev.millrace.redis.VirtualRedis;

/** All that Redis keeps of a queue at one moment, by the names that {@code lua/queue/keys.lua} explains. */
record StoredQueue(Map<String, List<String>> keys) {

    private static final String READ = """
            local all = {}
            for _, key in ipairs(redis.call('KEYS', '*')) do
              local sort = redis.call('TYPE', key).ok
              local value = sort == 'list' and redis.call('LRANGE', key, 0, -1)
                or sort == 'hash' and redis.call('HGETALL', key)
                or sort == 'zset' and redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
                or sort == 'string' and { redis.call('GET', key) } or {}
              all[#all + 1] = { key, value }
            end
            return all
            """;

    static StoredQueue of(VirtualRedis redis) {
        Map<String, List<String>> keys = new TreeMap<>();
        for (Object entry : (List<?>) redis.call("EVAL", READ, 0)) {
            String key = (String) ((List<?>) entry).get(0);
            if (key.startsWith(VirtualQueue.PREFIX)) {
                keys.put(key.substring(VirtualQueue.PREFIX.length()),
                        ((List<?>) ((List<?>) entry).get(1)).stream().map(String.class::cast).toList());
            }
        }
        return new StoredQueue(keys);
    }

    List<String> list(String key) {
        return keys.getOrDefault(key, List.of());
    }

    /** A hash, or the members and scores of a sorted set. */
    Map<String, String> map(String key) {
        Map<String, String> map = new LinkedHashMap<>();
        List<String> flat = list(key);
        for (int i = 0; i < flat.size(); i += 2) {
            map.put(flat.get(i), flat.get(i + 1));
        }
        return map;
    }

    long stat(String name) {
        return Long.parseLong(map("stats").getOrDefault(name, "0"));
    }

    /** The bodies by id. */
    Map<String, String> bodies() {
        Map<String, String> bodies = new TreeMap<>();
        keys.keySet().stream().filter(key -> key.startsWith("b:")).forEach(key -> bodies.putAll(map(key)));
        return bodies;
    }

    /** The lines whose names begin so, by the rest of the name, with their front parts and without what was removed. */
    Map<String, List<String>> lists(String prefix) {
        Map<String, String> bodies = bodies();
        Map<String, List<String>> lists = new TreeMap<>();
        // The front parts come first: they end with .5, or begin with h:
        keys.entrySet().stream().filter(e -> isFront(e.getKey())).forEach(e -> {
            String key = e.getKey();
            String base = key.startsWith("w:")
                    ? "w:" + (int) Math.floor(Double.parseDouble(key.substring(2)))
                    : "g:" + key.substring(2);
            if (base.startsWith(prefix)) {
                lists.computeIfAbsent(base.substring(prefix.length()), k -> new ArrayList<>()).addAll(e.getValue());
            }
        });
        keys.entrySet().stream().filter(e -> e.getKey().startsWith(prefix) && !isFront(e.getKey()))
                .forEach(e -> lists.computeIfAbsent(e.getKey().substring(prefix.length()), k -> new ArrayList<>())
                        .addAll(e.getValue()));
        lists.values().forEach(ids -> ids.removeIf(id -> !bodies.containsKey(id)));
        lists.values().removeIf(List::isEmpty);
        return lists;
    }

    private static boolean isFront(String key) {
        return key.startsWith("h:") || key.startsWith("w:") && key.endsWith(".5");
    }

    /** The id of every job in every place that it is in. */
    List<String> places() {
        List<String> ids = new ArrayList<>();
        lists("w:").values().forEach(ids::addAll);
        lists("g:").values().forEach(ids::addAll);
        map("delayed").keySet()
                .forEach(member -> ids.add(member.substring(0, member.indexOf(':')).replaceFirst("^0+", "")));
        List.of("leased", "dead", "done", "parked").forEach(set -> ids.addAll(map(set).keySet()));
        return ids;
    }
}
