package dev.millrace.ratelimit.envoy;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.millrace.ratelimit.Algorithm;
import dev.millrace.ratelimit.FailMode;
import dev.millrace.ratelimit.Policy;

/**
 * The limit at a node in the tree of descriptors.
 *
 * @param policy the limit, or null if the node is unlimited
 * @param name by which other rules replace it, also part of responses; empty if it has none
 * @param replaces names of the rules that do not apply in a request where this one does
 */
record Rule(@Nullable Policy policy, String name, Set<String> replaces) {

    /**
     * Returns the policy of a rule. A rule that allows nothing counts nothing, and denies in an outage as well.
     *
     * @param limit requests per window, 0 to deny
     * @param burst null for the limit
     * @param failMode null to fail while Redis is unavailable
     */
    static Policy policy(String name, Algorithm algorithm, long limit, Duration window, @Nullable Long burst,
            @Nullable FailMode failMode,
            boolean shadow) {
        boolean deny = limit == 0;
        return Policy.of(name, deny ? Algorithm.FIXED_WINDOW : algorithm, limit, window.toMillis())
                .withBurst(deny || burst == null ? limit : burst).withFailMode(deny ? FailMode.CLOSED : failMode)
                .withShadow(shadow).withSource(Policy.Source.ENVOY);
    }
}
