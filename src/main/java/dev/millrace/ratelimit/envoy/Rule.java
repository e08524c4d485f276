package dev.millrace.ratelimit.envoy;

import java.time.Duration;
import java.util.Set;

import dev.millrace.ratelimit.Algorithm;
import dev.millrace.ratelimit.FailMode;
import dev.millrace.ratelimit.Policy;

/**
 * The limit at a place in the tree of descriptors.
 *
 * @param policy the limit, or null if the place is unlimited
 * @param name what other rules may replace it by, and responses call it; empty if it has none
 * @param replaces names of the rules that do not count in a request where this one does
 */
record Rule(Policy policy, String name, Set<String> replaces) {

    /**
     * The policy of a rule. One that allows nothing has nothing to count, and no outage opens it.
     *
     * @param limit requests per window, 0 to deny
     * @param burst null for the limit
     * @param failMode null to fail while Redis is away
     */
    static Policy policy(String name, Algorithm algorithm, long limit, Duration window, Long burst, FailMode failMode,
            boolean shadow) {
        boolean deny = limit == 0;
        return new Policy(name, deny ? Algorithm.FIXED_WINDOW : algorithm, limit, window.toMillis(),
                deny || burst == null ? limit : burst, deny ? FailMode.CLOSED : failMode, 0, shadow,
                Policy.Source.ENVOY);
    }
}
