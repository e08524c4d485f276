package dev.millrace.queue.worker;

import java.time.Duration;

/**
 * The job cannot be worked on now: it is given back, and the attempt is not counted. The message is kept as its error.
 */
public class PostponeJobException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final Duration MAX_DELAY = Duration.ofDays(400);

    private final Duration delay;

    /**
     * @param message why
     * @param delay how long the job waits for its next delivery, 0 to 400 days
     * @throws IllegalArgumentException if the delay is out of bounds
     */
    public PostponeJobException(String message, Duration delay) {
        super(message);
        if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
            throw new IllegalArgumentException("delay must be between 0 and 400 days");
        }
        this.delay = delay;
    }

    /** How long the job waits. */
    public Duration delay() {
        return delay;
    }
}
