package dev.millrace.queue.schedule;

/**
 * When a recurring job fires. {@link Recurrences} makes them. A recurrence depends on nothing but what it was made from, so all
 * replicas agree on every occurrence.
 */
interface Recurrence {

    /**
     * The first occurrence strictly after an instant.
     *
     * @return epoch milliseconds, or -1 if there is none any more, as for cron from the year 9999 on
     */
    long next(long afterMs);
}
