package dev.millrace.cache.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A cache, said as plainly as possible: what is hidden is gone at once, and a lease is void if anything that concerns it came
 * after it. Times in ms.
 */
public final class CacheModel {

    /** One entry; {@code fresh}, {@code stale} and {@code error} are the moments from which it is so no more. */
    public record Entry(String region, List<String> tags, String value, long stored, long fresh, long stale, long error,
            long cost) {}

    /** The entry is null where there is none to give. */
    public record Answer(long what, long ms, Entry entry) {}

    private record Lease(String token, int purges, long since, long until) {}

    /** What was hidden; all of the region where the tag is null, and everything where both are. */
    private record Purge(String region, String tag) {

        boolean concerns(String place, List<String> tags) {
            return region == null || region.equals(place) && (tag == null || tags.contains(tag));
        }
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Lease> leases = new HashMap<>();
    private final List<Purge> purges = new ArrayList<>();

    /** Looks up; with a token, asks for a lease. */
    public Answer get(long now, String name, String token, long leaseMs, double luck, boolean onError) {
        Entry entry = entries.get(name);
        int what = entry == null ? 0 : what(now, entry, onError);
        boolean early = what == 1 && !token.isEmpty() && now - entry.cost * Math.log(luck) >= entry.fresh;
        if (!token.isEmpty() && (what == 0 || what == 2 || early)) {
            Lease held = held(now, name);
            if (held == null) {
                leases.put(name, new Lease(token, purges.size(), now, now + leaseMs));
                return new Answer(4, leaseMs, null);
            }
            if (what == 0) {
                return new Answer(5, Math.max(1, held.until - now), null);
            }
        }
        return new Answer(what, now, what == 0 ? null : entry);
    }

    private static int what(long now, Entry entry, boolean onError) {
        if (now < entry.fresh) {
            return 1;
        }
        return now < entry.stale ? 2 : onError && now < entry.error ? 3 : 0;
    }

    /** Stores, under the lease of that token if it is not empty; false if that is void. */
    public boolean put(long now, String name, String token, Entry entry) {
        Entry stored = entry;
        if (!token.isEmpty()) {
            Lease held = held(now, name);
            if (held == null || !held.token.equals(token)) {
                return false;
            }
            leases.remove(name);
            if (purges.stream().skip(held.purges).anyMatch(purge -> purge.concerns(entry.region, entry.tags))) {
                return false;
            }
            stored = new Entry(entry.region, entry.tags, entry.value, entry.stored, entry.fresh, entry.stale,
                    entry.error, now - held.since);
        }
        leases.remove(name);
        entries.put(name, stored);
        return true;
    }

    public void delete(String name) {
        entries.remove(name);
        leases.remove(name);
    }

    /** Hides all entries of a region, or those with a tag, and voids the leases of what would have been hidden. */
    public void purge(String region, String tag) {
        Purge purge = new Purge(region, tag);
        purges.add(purge);
        entries.values().removeIf(entry -> purge.concerns(entry.region, entry.tags));
    }

    /** Hides everything, and voids every lease. */
    public void purgeAll() {
        purge(null, null);
    }

    /** Loses an entry, and nothing else. */
    public void lose(String name) {
        entries.remove(name);
    }

    /** Takes a fill back; null where there was nothing before. */
    public void restore(String name, Entry before) {
        if (before == null) {
            entries.remove(name);
        } else {
            entries.put(name, before);
        }
    }

    /** What is there, fresh or not; null if nothing. */
    public Entry peek(String name) {
        return entries.get(name);
    }

    /** All moments to come at which something ends. */
    public List<Long> ends(long now) {
        return Stream
                .concat(entries.values().stream().flatMap(e -> Stream.of(e.fresh, e.stale, e.error)),
                        leases.values().stream().flatMap(l -> Stream.of(l.until, l.until + 1)))
                .filter(end -> end > now).sorted().toList();
    }

    /** A lease is there until the millisecond of its end is over, as any key of Redis. */
    private Lease held(long now, String name) {
        Lease lease = leases.get(name);
        return lease == null || now > lease.until ? null : lease;
    }
}
