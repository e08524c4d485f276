package dev.millrace.cache;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** The tags that an origin gives its response: {@code Cache-Tag}, separated by commas, and {@code Surrogate-Key}, by blanks. */
final class OriginTags {

    private OriginTags() {}

    /** Returns the tags; null if they cannot all be kept, so that a purge of one would not reach the entry. */
    static @Nullable List<String> of(StoredHead head) {
        Set<String> tags = new LinkedHashSet<>();
        for (String line : head.lines("Cache-Tag")) {
            for (String tag : line.split(",")) {
                tags.add(tag.strip());
            }
        }
        for (String line : head.lines("Surrogate-Key")) {
            tags.addAll(List.of(line.strip().split("[ \t]+")));
        }
        tags.remove("");
        return tags.size() > CacheResource.MAX_TAGS || !tags.stream().allMatch(CacheResource::isTag)
                ? null
                : List.copyOf(tags);
    }
}
