package dev.millrace.queue.schedule;

/**
 * When a recurring job fires. {@link Recurrences} creates them. A recurrence depends only on its inputs, so all replicas
 * agree on every occurrence.
 */
interface Recurrence {

    /**
     * The first occurrence strictly after an instant.
     *
     * @param afterMs ms since 1970
     * @return ms since 1970, or -1 if there is none, as for cron from the year 9999 on
     */
    long next(long afterMs);
}
