package dev.millrace.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.http.Page;
import dev.millrace.redis.Keys;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/**
 * Lists the keys of a region that keeps an index of them. The index of a partition is in the order in which the entries end, so what has
 * expired is at its beginning. Whatever else is gone, deleted, purged or evicted, is found out when it is listed, and leaves the index
 * then. One call reads at most {@link #MAX_EXAMINED} keys, and each partition once or more.
 */
@Singleton
class KeyList {

    /**
     * A key and its entry.
     *
     * @param state whether the entry is fresh or stale
     * @param ms the time now, as all points in time in ms
     * @param fresh until when it is fresh
     * @param bytes of the body as it is stored
     */
    record ListedKey(String key, EntryState state, long ms, long stored, long fresh, String type, BodyCoding coding,
            String etag, List<String> tags, long bytes) {}

    /** A place in the index of a partition: the end of an entry in ms and its key; 0 and empty for the beginning. */
    private record Place(int partition, String end, String key) {

        private static final Pattern TEXT = Pattern.compile("(\\d{1,3}) (\\d{1,16}) (.*)", Pattern.DOTALL);

        static Place beginningOf(int partition) {
            return new Place(partition, "0", "");
        }

        static Place parse(@Nullable String text) {
            if (text == null) {
                return beginningOf(0);
            }
            Matcher m = TEXT.matcher(text);
            if (!m.matches()) {
                throw Page.invalidCursor();
            }
            return new Place(Integer.parseInt(m.group(1)), m.group(2), m.group(3));
        }

        String text() {
            return partition + " " + end + ' ' + key;
        }
    }

    /** Keys that one call reads, whether their entries are still there or not. */
    static final int MAX_EXAMINED = 2000;
    /** Keys that one step reads at most: a script keeps all other callers of its Redis waiting. */
    static final int BATCH = 50;

    private static final ReplyCodes<EntryState> STATES = ReplyCodes.of(EntryState.class);

    private final CacheStore store;
    private final ScriptRunner scripts;
    private final Script keys;
    private final Script describe;

    KeyList(CacheStore store, ScriptRunner scripts) {
        this.store = store;
        this.scripts = scripts;
        this.keys = scripts.get("cache/keys-1");
        this.describe = scripts.get("cache/describe-N");
    }

    /** Returns one page; it may have fewer than {@code limit} keys, or none, although there is another one. */
    Uni<Page<ListedKey>> page(String tenant, String region, int limit, @Nullable String cursor) {
        Page.requireLimit(limit);
        Place place = Place.parse(Page.decode(cursor));
        if (place.partition() >= store.partitions()) {
            throw Page.invalidCursor();
        }
        return fill(tenant, region, limit, place, new ArrayList<>(), 0);
    }

    private Uni<Page<ListedKey>> fill(String tenant, String region, int limit, Place place, List<ListedKey> items,
            int examined) {
        if (place.partition() == store.partitions()) {
            return Uni.createFrom().item(new Page<>(items, null));
        }
        if (items.size() == limit || examined >= MAX_EXAMINED) {
            return Uni.createFrom().item(new Page<>(items, Page.encode(place.text())));
        }
        String index = Keys.cacheIndex(tenant, place.partition(), region);
        // One more tells whether the partition has any after these.
        return scripts.run(keys, List.of(index), List.of(place.end(), place.key(), Integer.toString(BATCH + 1)))
                .flatMap(reply -> {
                    List<Place> places = new ArrayList<>();
                    for (int i = 0; i < Math.min(BATCH, reply.size() / 2); i++) {
                        places.add(new Place(place.partition(), wholeNumber(reply.get(i * 2 + 1).toString()),
                                reply.get(i * 2).toString()));
                    }
                    boolean more = reply.size() / 2 > BATCH;
                    return described(tenant, region, index, places).flatMap(found -> {
                        // Those that are gone have left the index, so the next step begins behind the last one that is there.
                        Place last = place;
                        int at = 0;
                        for (; at < found.size() && items.size() < limit; at++) {
                            ListedKey key = found.get(at);
                            if (key != null) {
                                items.add(key);
                                last = places.get(at);
                            }
                        }
                        Place next = at < found.size() || more ? last : Place.beginningOf(place.partition() + 1);
                        return fill(tenant, region, limit, next, items, examined + at);
                    });
                });
    }

    /** A score, which newer servers may write as 1.79e+12. */
    private static String wholeNumber(String score) {
        return Long.toString((long) Double.parseDouble(score));
    }

    /** The entry of each key; null for one that is gone. */
    private Uni<List<@Nullable ListedKey>> described(String tenant, String region, String index, List<Place> places) {
        if (places.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        List<String> entries = new ArrayList<>(places.size() + 2);
        entries.add(index);
        entries.add(Keys.cacheVersions(tenant, places.get(0).partition()));
        List<String> args = new ArrayList<>(places.size() + 1);
        args.add(region);
        for (Place place : places) {
            entries.add(store.entryKey(tenant, region, place.key()));
            args.add(place.key());
        }
        return scripts.run(describe, entries, args).map(reply -> {
            List<@Nullable ListedKey> found = new ArrayList<>(places.size());
            for (int i = 0; i < places.size(); i++) {
                Response entry = reply.get(i);
                EntryState state = STATES.read(entry.get(0));
                found.add(state == EntryState.MISSING ? null : listed(places.get(i).key(), state, entry));
            }
            return found;
        });
    }

    private static ListedKey listed(String name, EntryState state, Response entry) {
        String tags = entry.get(7).toString();
        return new ListedKey(name, state, entry.get(1).toLong(), entry.get(2).toLong(), entry.get(3).toLong(),
                entry.get(4).toString(), BodyCoding.of(entry.get(5).toString()), entry.get(6).toString(),
                tags.isEmpty() ? List.of() : List.of(tags.split("\n")), entry.get(8).toLong());
    }
}
