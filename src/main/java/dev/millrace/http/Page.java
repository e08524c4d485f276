package dev.millrace.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.ApiException;

/**
 * One page of a list.
 *
 * @param items at most {@code limit} of them
 * @param nextCursor what to pass as {@code cursor} for the next page; absent on the last
 */
@RegisterForReflection
public record Page<T>(List<T> items, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String nextCursor) {

    public static final int MAX_LIMIT = 500;

    /**
     * Returns one page of a complete list, in the order of its keys.
     *
     * @param limit 1 to {@link #MAX_LIMIT}
     * @param cursor of the page before, or null for the first page
     */
    public static <T> Page<T> of(List<T> all, Function<T, String> key, int limit, String cursor) {
        requireLimit(limit);
        String after = decode(cursor);
        List<T> rest = all.stream().filter(item -> after == null || key.apply(item).compareTo(after) > 0)
                .sorted(Comparator.comparing(key)).toList();
        List<T> items = rest.subList(0, Math.min(limit, rest.size()));
        boolean more = rest.size() > items.size();
        return new Page<>(items, more ? encode(key.apply(items.get(items.size() - 1))) : null);
    }

    /** Refuses a page size that is out of bounds. */
    public static void requireLimit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ApiException.invalid("limit", "must be between 1 and " + MAX_LIMIT);
        }
    }

    /** Returns the cursor for a place in a list; null stays null. */
    public static @Nullable String encode(@Nullable String place) {
        return place == null
                ? null
                : Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the place that a cursor stands for; null without a cursor. */
    public static @Nullable String decode(@Nullable String cursor) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalidCursor();
        }
    }

    /** Returns the 400 for a cursor that does not come from a list. */
    public static ApiException invalidCursor() {
        return ApiException.invalid("cursor", "is not one this list gave");
    }
}
