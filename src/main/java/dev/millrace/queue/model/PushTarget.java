package dev.millrace.queue.model;

import java.net.URI;
import java.util.List;

/**
 * The receiver of a queue's jobs. {@code toString} shows no secrets.
 *
 * @param url http or https
 * @param timeoutMs maximum time of one delivery, from the name lookup to the end of the response: 1 s to 60 s
 * @param concurrency maximum number of deliveries at once, 1 to 1000; the caller enforces it
 * @param secrets keys to sign messages with; each signs every message
 */
public record PushTarget(URI url, int timeoutMs, int concurrency, List<WebhookSecret> secrets) {

    /** Default of {@code timeoutMs}. */
    public static final int DEFAULT_TIMEOUT_MS = 15_000;
    /** Minimum of {@code timeoutMs}. */
    public static final int MIN_TIMEOUT_MS = 1000;
    /** Maximum of {@code timeoutMs}. */
    public static final int MAX_TIMEOUT_MS = 60_000;
    /** Default of {@code concurrency}. */
    public static final int DEFAULT_CONCURRENCY = 10;
    /** Maximum of {@code concurrency}. */
    public static final int MAX_CONCURRENCY = 1000;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if a value is out of bounds
     */
    public PushTarget {
        if (timeoutMs < MIN_TIMEOUT_MS || timeoutMs > MAX_TIMEOUT_MS || concurrency < 1
                || concurrency > MAX_CONCURRENCY || secrets.isEmpty()) {
            throw new IllegalArgumentException("timeout, concurrency or secrets out of bounds");
        }
        secrets = List.copyOf(secrets);
    }

    /** The URL without user and query, which may contain secrets. */
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
