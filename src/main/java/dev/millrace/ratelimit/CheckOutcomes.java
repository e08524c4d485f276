package dev.millrace.ratelimit;

import java.util.List;

/** The outcomes in the order of the checks, and the time of the decision in µs. */
record CheckOutcomes(List<CheckOutcome> list, long decidedAt) {}
