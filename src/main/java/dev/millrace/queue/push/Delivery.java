package dev.millrace.queue.push;

import org.jspecify.annotations.Nullable;

import dev.millrace.outbound.RetryAfter;

/**
 * What came of sending a message once.
 *
 * @param outcome what it comes to
 * @param status of the answer; 0 if there was none
 * @param retryAfterMs how long the receiver asks to wait, 0 to 24 h; -1 if it does not say
 * @param error what went wrong, as said of the receiver; null if nothing did. Holds no secret, no query and no word of the
 *            receiver's
 */
public record Delivery(Outcome outcome, int status, long retryAfterMs, @Nullable String error) {

    /** What a delivery comes to. */
    public enum Outcome {
        /** 2xx: it was taken. */
        DONE,
        /** 410: nothing is to be sent there any more. */
        GONE,
        /** 429, 502, 504, or 503 with a time to wait: less is to be sent. */
        THROTTLED,
        /** Anything else, or no whole answer. */
        FAILED
    }

    /** By an answer. */
    static Delivery answered(int status, long retryAfterMs) {
        if (status >= 200 && status < 300) {
            return new Delivery(Outcome.DONE, status, RetryAfter.NONE, null);
        }
        Outcome outcome = switch (status) {
            case 410 -> Outcome.GONE;
            case 429, 502, 504 -> Outcome.THROTTLED;
            case 503 -> retryAfterMs == RetryAfter.NONE ? Outcome.FAILED : Outcome.THROTTLED;
            default -> Outcome.FAILED;
        };
        return new Delivery(outcome, status, retryAfterMs, status >= 300 && status < 400
                ? "it redirects (" + status + "), which is not followed"
                : "it answered " + status);
    }

    /** Without an answer, or with one that is not whole. */
    static Delivery failed(int status, String error) {
        return new Delivery(Outcome.FAILED, status, RetryAfter.NONE, error);
    }
}
