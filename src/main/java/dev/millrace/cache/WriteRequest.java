package dev.millrace.cache;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.vertx.core.MultiMap;

/**
 * A request to store a value.
 *
 * @param type content type
 * @param directives the Cache-Control
 * @param gzip whether the body was sent compressed
 * @param nothing whether to store a negative entry
 * @param tags for purges
 * @param leaseToken null for none
 * @param conditions that the present entry must meet
 * @param fields header fields of the request, some of which may select a variant
 */
record WriteRequest(byte[] body, String type, CacheDirectives directives, boolean gzip, boolean nothing,
        List<String> tags, @Nullable String leaseToken, Preconditions conditions, MultiMap fields) {

    /** A request to store a body that was sent as it is, without tags and a lease. */
    static WriteRequest of(byte[] body, String type, CacheDirectives directives) {
        return new WriteRequest(body, type, directives, false, false, List.of(), null, Preconditions.NONE,
                MultiMap.caseInsensitiveMultiMap());
    }

    /** The same, sent compressed or not. */
    WriteRequest withGzip(boolean gzip) {
        return new WriteRequest(body, type, directives, gzip, nothing, tags, leaseToken, conditions, fields);
    }

    /** The same for a negative entry or not. */
    WriteRequest withNothing(boolean nothing) {
        return new WriteRequest(body, type, directives, gzip, nothing, tags, leaseToken, conditions, fields);
    }

    /** The same with tags. */
    WriteRequest withTags(List<String> tags) {
        return new WriteRequest(body, type, directives, gzip, nothing, tags, leaseToken, conditions, fields);
    }

    /** The same under a lease; null for none. */
    WriteRequest withLease(@Nullable String leaseToken) {
        return new WriteRequest(body, type, directives, gzip, nothing, tags, leaseToken, conditions, fields);
    }

    /** The same with header fields. */
    WriteRequest withFields(MultiMap fields) {
        return new WriteRequest(body, type, directives, gzip, nothing, tags, leaseToken, conditions, fields);
    }

    /** The same with preconditions. */
    WriteRequest withConditions(Preconditions conditions) {
        return new WriteRequest(body, type, directives, gzip, nothing, tags, leaseToken, conditions, fields);
    }
}
