package dev.millrace.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.millrace.cache.OriginAnswer.Kind;
import dev.millrace.cache.freshness.CachePolicy;
import dev.millrace.cache.freshness.Freshness;

/** Decides which entry an origin's response becomes. The origin's directives override the region's settings. */
final class OriginEntries {

    /** Statuses that have the region's {@code ttl} if they do not say how long they are fresh (RFC 9110, section 15.1). */
    private static final Set<Integer> FRESH_BY_DEFAULT = Set.of(200, 203, 204, 300, 301, 308, 404, 410);
    private static final long MAX_MS = RegionDefinition.MAX.toMillis();
    private static final long MIN_KEEP_MS = 60_000;
    private static final long MAX_KEEP_MS = 24 * 3600_000L;
    private static final Pattern ETAG = Pattern.compile("(?:W/)?\"[!#-~]{1,64}\"");

    private OriginEntries() {}

    /**
     * Returns the entry to store.
     *
     * @param lease under which the origin was asked
     * @return null if the response must not be stored
     */
    static @Nullable NewEntry of(Region region, String lease, OriginAnswer answer, PreparedBody body) {
        if (answer.head().hasCookies() && !region.stripSetCookie()) {
            return null;
        }
        StoredHead head = answer.head().withoutCookies();
        return entry(region, lease, head, answer, withTag(body, head), answer.type());
    }

    /**
     * Returns the entry that a 304 keeps: its body, with the fields of both responses.
     *
     * @param stored the head of the entry
     * @param validators of the entry, which stay
     * @return null if it must not be stored any more, or the 304 is about another response
     */
    static @Nullable NewEntry kept(Region region, String lease, OriginAnswer unchanged, StoredHead stored,
            String validators) {
        if (!stored.isMeantBy(unchanged.head())) {
            return null;
        }
        StoredHead head = stored.updatedBy(unchanged.head().withoutCookies());
        NewEntry entry = entry(region, lease, head, unchanged, new PreparedBody(BodyCoding.KEEP, "", new byte[0]),
                unchanged.type());
        return entry == null ? null : entry.withOrigin(validators);
    }

    private static @Nullable NewEntry entry(Region r, String lease, StoredHead head, OriginAnswer answer,
            PreparedBody body, String type) {
        Function<String, List<String>> fields = name -> name.equals("age") ? answer.lines(name) : head.lines(name);
        CachePolicy policy = CachePolicy.of(fields);
        List<String> tags = OriginTags.of(head);
        if (policy.refusal() != null || tags == null || head.isTooLarge()
                || !variesBy(head, r)) {
            return null;
        }
        boolean nothing = answer.kind() == Kind.NOTHING;
        Freshness freshness = Freshness.of(policy, fields, answer.times().requestedAt(), answer.times().receivedAt());
        if (!freshness.isExplicit() && !FRESH_BY_DEFAULT.contains(head.status())) {
            return null;
        }
        long left = Math.min(MAX_MS, freshness.leftMs(nothing ? r.negativeTtlMs() : r.ttlMs()));
        long fresh = Math.max(0, left);
        // Both begin when the response became stale, which may have been before it arrived.
        long late = Math.min(0, left);
        long swr = stale(policy.staleMs("stale-while-revalidate", nothing ? 0 : r.swrMs()) + late);
        long sie = stale(policy.staleMs("stale-if-error", nothing ? 0 : r.sieMs()) + late);
        if (fresh + Math.max(swr, sie) == 0) {
            return null;
        }
        String validators = validators(head);
        return NewEntry.of(body, type).withListed(r.listKeys()).withLifetime(CacheService.jittered(fresh, r), swr, sie)
                .withTags(tags)
                .withLease(lease).withOrigin(nothing ? "" : validators)
                .withHead(nothing ? "" : head.datedAt(answer.times().receivedAt()).encode(), freshness.ageMs(),
                        nothing || validators.isEmpty() ? 0 : Math.max(MIN_KEEP_MS, Math.min(fresh, MAX_KEEP_MS)));
    }

    /** Whether it varies only by what the region names, and by the coding, which Millrace serves itself. */
    private static boolean variesBy(StoredHead head, Region region) {
        return head.vary().stream().allMatch(name -> region.vary().stream().anyMatch(name::equalsIgnoreCase));
    }

    private static long stale(long ms) {
        return Math.max(0, Math.min(ms, MAX_MS));
    }

    /** The origin's tag is the entry's, if callers may send it back; else the entry has one of Millrace's own. */
    private static PreparedBody withTag(PreparedBody body, StoredHead head) {
        String etag = head.value("ETag");
        return etag == null || body.coding() == BodyCoding.NOTHING || !ETAG.matcher(etag).matches()
                ? body
                : new PreparedBody(body.coding(), etag.substring(etag.indexOf('"') + 1, etag.length() - 1),
                        body.body());
    }

    /** Tag and date, for a request that asks whether the response has changed; empty for neither. */
    private static String validators(StoredHead head) {
        String etag = head.value("ETag");
        String modified = head.value("Last-Modified");
        List<String> both = new ArrayList<>();
        both.add(etag == null ? "" : etag);
        if (modified != null) {
            both.add(modified);
        }
        return String.join("\n", both);
    }
}
