package dev.millrace.ratelimit.envoy;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import com.google.protobuf.Struct;

import dev.millrace.ratelimit.Algorithm;
import dev.millrace.ratelimit.FailMode;
import dev.millrace.ratelimit.Policy;

/**
 * The limit at a node in the tree of descriptors.
 *
 * @param policy the limit, or null if the node is unlimited
 * @param name by which other rules replace it, also part of responses; empty if it has none
 * @param replaces names of the rules that do not apply in a request where this one does
 * @param overdraft whether a cost that does not fit is charged all the same; null if a cost above 1 is
 * @param quota whether its denial denies the request only if all rules with a quota deny
 * @param metadata part of a response in which it is not over limit
 */
record Rule(@Nullable Policy policy, String name, Set<String> replaces, @Nullable Boolean overdraft, boolean quota,
        Struct metadata) {

    /** A rule that other rules cannot replace. */
    static Rule of(@Nullable Policy policy) {
        return new Rule(policy, "", Set.of(), null, false, Struct.getDefaultInstance());
    }

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

    /** Returns whether an algorithm can count past its limit. The exact window stores each admission, so it is full at most. */
    static boolean canOverdraw(Algorithm algorithm) {
        return algorithm != Algorithm.SLIDING_WINDOW;
    }

    /**
     * Returns whether this cost is charged all the same if it does not fit. A cost above 1 is: it is what a response has
     * used, of which Envoy reports only afterwards.
     */
    boolean overdraws(long cost) {
        return policy != null && policy.limit() > 0
                && (overdraft == null ? cost > 1 : overdraft);
    }
}
