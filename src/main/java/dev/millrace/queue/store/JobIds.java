package dev.millrace.queue.store;

import java.util.List;

/**
 * A page of a list of jobs.
 *
 * @param positions of each job in the list: a page may begin at it
 * @param next where the next page begins; empty if there is none
 */
public record JobIds(List<String> ids, List<String> positions, String next) {}
