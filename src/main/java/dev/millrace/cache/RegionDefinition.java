package dev.millrace.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.Validated;
import dev.millrace.http.problem.Violation;

/** The definition of a region, in a request and in Redis. An absent field has its default. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "CacheRegion")
public record RegionDefinition(
        @Schema(description = "How long an entry is fresh, 1 ms to 400 days; default 1h", type = SchemaType.STRING, examples = "10m") @Nullable Duration ttl,
        @Schema(description = "How long after that it may be served while it is computed again; default 0", type = SchemaType.STRING, examples = "1m") @Nullable Duration swr,
        @Schema(description = "How long after the ttl it may be served when computing it fails; default 0", type = SchemaType.STRING, examples = "1h") @Nullable Duration sie,
        @Schema(description = "How long a negative entry (a cached \"not found\") is fresh; default 1m", type = SchemaType.STRING, examples = "30s") @Nullable Duration negativeTtl,
        @Schema(description = "Largest body; default 8 MB", examples = "1048576") @Nullable Integer maxValueBytes,
        @Schema(description = "Larger bodies are stored compressed; default 2048", examples = "2048") @Nullable Integer compressAbove,
        @Schema(description = "Largest share by which a ttl is shortened at random, 0 to 0.5; default 0", examples = "0.1") @Nullable Double jitter,
        @Schema(description = "Where to fetch missing entries: an http or https URL with {key} in its path or query", examples = "https://api.example.com/products/{key}") @Nullable String origin,
        @Schema(description = "Stores responses of the origin that have Set-Cookie, without that field; by default they are not stored", examples = "false") @Nullable Boolean stripSetCookie,
        @Schema(description = "Up to 4 header fields of requests that are sent to the origin, and by which its responses may vary; responses that vary by others are not stored", examples = "[\"Accept-Language\"]") @Nullable List<String> vary,
        @Schema(description = "Keeps an index of the keys, so that they can be listed; default false", examples = "true") @Nullable Boolean listKeys)
        implements
            Validated {

    static final Duration MAX = Duration.ofDays(400);
    private static final double MAX_JITTER = 0.5;

    /** Returns what is wrong with the definition; empty if it is valid. */
    @Override
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        check(found, "ttl", ttl, 1);
        check(found, "swr", swr, 0);
        check(found, "sie", sie, 0);
        check(found, "negativeTtl", negativeTtl, 1);
        if (maxValueBytes != null && (maxValueBytes < 1 || maxValueBytes > Region.MAX_VALUE_BYTES)) {
            found.add(new Violation("maxValueBytes", "must be between 1 and " + Region.MAX_VALUE_BYTES));
        }
        if (compressAbove != null && compressAbove < 0) {
            found.add(new Violation("compressAbove", "must not be negative"));
        }
        if (jitter != null && !(jitter >= 0 && jitter <= MAX_JITTER)) {
            found.add(new Violation("jitter", "must be between 0 and " + MAX_JITTER));
        }
        String problem = origin == null ? null : Origin.problem(origin);
        if (problem != null) {
            found.add(new Violation("origin", problem));
        }
        String names = vary == null ? null : Variant.problem(vary);
        if (names != null) {
            found.add(new Violation("vary", names));
        }
        return found;
    }

    private static void check(List<Violation> found, String field, @Nullable Duration duration, long leastMs) {
        if (duration != null && (duration.toMillis() < leastMs || duration.compareTo(MAX) > 0)) {
            found.add(new Violation(field, "must be between " + leastMs + " ms and 400 days"));
        }
    }

    /** Returns the region that it defines; absent fields are as in {@code defaults}. */
    Region toRegion(Region defaults) {
        return defaults
                .withLifetimes(ms(ttl, defaults.ttlMs()), ms(swr, defaults.swrMs()), ms(sie, defaults.sieMs()),
                        ms(negativeTtl, defaults.negativeTtlMs()))
                .withBodies(maxValueBytes == null ? defaults.maxValueBytes() : maxValueBytes,
                        compressAbove == null ? defaults.compressAbove() : compressAbove)
                .withJitter(jitter == null ? defaults.jitter() : jitter)
                .withOrigin(origin == null ? null : new Origin(origin))
                .withStripSetCookie(Boolean.TRUE.equals(stripSetCookie))
                .withVary(vary == null ? List.of() : List.copyOf(vary)).withListKeys(Boolean.TRUE.equals(listKeys));
    }

    private static long ms(@Nullable Duration duration, long otherwise) {
        return duration == null ? otherwise : duration.toMillis();
    }
}
