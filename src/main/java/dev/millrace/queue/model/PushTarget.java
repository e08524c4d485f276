package dev.millrace.queue.model;

import java.net.URI;
import java.util.List;

/**
 * Where the jobs of a queue are pushed to. Does not show its secrets.
 *
 * @param url http or https
 * @param timeoutMs how long one delivery may take, from looking its name up to the end of its answer; 1 s to 60 s
 * @param concurrency how many deliveries there may be at once, 1 to 1000; for the caller to keep
 * @param secrets to sign with, each of them
 */
public record PushTarget(URI url, int timeoutMs, int concurrency, List<WebhookSecret> secrets) {

    public static final int DEFAULT_TIMEOUT_MS = 15_000;
    public static final int MIN_TIMEOUT_MS = 1000;
    public static final int MAX_TIMEOUT_MS = 60_000;
    public static final int DEFAULT_CONCURRENCY = 10;
    public static final int MAX_CONCURRENCY = 1000;

    /** A target with checked bounds. */
    public PushTarget {
        if (timeoutMs < MIN_TIMEOUT_MS || timeoutMs > MAX_TIMEOUT_MS || concurrency < 1
                || concurrency > MAX_CONCURRENCY || secrets.isEmpty()) {
            throw new IllegalArgumentException("time-out, concurrency or secrets out of bounds");
        }
        secrets = List.copyOf(secrets);
    }

    /** The URL as far as it may be shown: a query, and a user, may hold secrets. */
    public String shownUrl() {
        String authority = url.getRawAuthority();
        return url.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1) + url.getRawPath();
    }

    @Override
    public String toString() {
        return "PushTarget[" + shownUrl() + ", " + timeoutMs + " ms, " + concurrency + " at once, " + secrets.size()
                + " secrets]";
    }
}
