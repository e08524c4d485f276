package dev.millrace.ratelimit;

import java.util.ArrayList;
import java.util.List;

import jakarta.inject.Singleton;

import io.quarkus.redis.datasource.ReactiveRedisDataSource;
import io.quarkus.redis.datasource.keys.ReactiveKeyCommands;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;

import dev.millrace.redis.Keys;
import dev.millrace.redis.ReplyCodes;
import dev.millrace.redis.Script;
import dev.millrace.redis.ScriptRunner;

/** The counters in Redis: their keys, the scripts that change them, and what the scripts reply. */
@Singleton
class RateLimitStore {

    private static final int REPLY_FIELDS = 4;

    private final ReactiveKeyCommands<String> keys;
    private final ScriptRunner scripts;
    private final Script check;
    private final Script refund;

    RateLimitStore(ReactiveRedisDataSource redis, ScriptRunner scripts) {
        this.keys = redis.key();
        this.scripts = scripts;
        this.check = scripts.get("ratelimit/check-N");
        this.refund = scripts.get("ratelimit/refund-1");
    }

    /** Decides one check. */
    Uni<CheckOutcome> decide(String tenant, Check one) {
        return run(tenant, List.of(one), false).map(reply -> outcome(reply, 0));
    }

    /**
     * Decides several checks in one step; in a cluster they must share a slot.
     *
     * @param atomic whether to charge only if all are admitted
     */
    Uni<CheckOutcomes> decide(String tenant, List<Check> checks, boolean atomic) {
        return run(tenant, checks, atomic).map(reply -> {
            List<CheckOutcome> outcomes = new ArrayList<>(checks.size());
            for (int i = 0; i < checks.size(); i++) {
                outcomes.add(outcome(reply, i));
            }
            return new CheckOutcomes(outcomes, reply.get(checks.size() * REPLY_FIELDS).toLong());
        });
    }

    /** Refunds what a check was charged at {@code chargedAt}, in µs; returns whether it was still there. */
    Uni<Boolean> refund(String tenant, Check check, long chargedAt) {
        Policy p = check.policy();
        return scripts.run(refund, List.of(stateKey(tenant, p, check.identifier())),
                List.of(p.algorithm().id(), Long.toString(p.windowMs()), Long.toString(check.cost()),
                        Long.toString(chargedAt)))
                .map(ReplyCodes::flag);
    }

    /** Deletes everything about an identifier under a policy. */
    Uni<Void> reset(String tenant, Policy policy, String identifier) {
        return keys.unlink(stateKey(tenant, policy, identifier), Keys.limitPenalty(tenant, scope(policy), identifier))
                .replaceWithVoid();
    }

    private Uni<Response> run(String tenant, List<Check> checks, boolean atomic) {
        List<String> keys = new ArrayList<>(checks.size());
        List<String> args = new ArrayList<>(1 + checks.size() * 9);
        args.add(atomic ? "1" : "0");
        for (Check c : checks) {
            Policy p = c.policy();
            args.add(p.algorithm().id());
            args.add(Long.toString(p.limit()));
            args.add(Long.toString(p.windowMs()));
            args.add(Long.toString(p.burst()));
            args.add(Long.toString(c.cost()));
            args.add(Long.toString(p.denyPenaltyMs()));
            args.add(c.holdsBack() ? "0" : p.shadow() ? "1" : "2");
            args.add(c.overdraft() ? "1" : "0");
            keys.add(stateKey(tenant, p, c.identifier()));
            args.add(Integer.toString(keys.size()));
            if (p.denyPenaltyMs() > 0) {
                keys.add(Keys.limitPenalty(tenant, scope(p), c.identifier()));
            }
        }
        return scripts.run(check, keys, args);
    }

    private static CheckOutcome outcome(Response reply, int i) {
        int at = i * REPLY_FIELDS;
        return new CheckOutcome(ReplyCodes.flag(reply.get(at)), reply.get(at + 1).toLong(), reply.get(at + 2).toLong(),
                reply.get(at + 3).toLong());
    }

    /**
     * Returns the key of the counters. Another algorithm or window has another key, because it would misread the old state; the old
     * key expires.
     */
    static String stateKey(String tenant, Policy policy, String identifier) {
        return Keys.limit(policy.algorithm().keyKind(), tenant, scope(policy), identifier, policy.windowMs());
    }

    /** Returns the policy's name, or a text of the limit's parameters if it has none. No name starts with '~'. */
    private static String scope(Policy p) {
        return switch (p.source()) {
            case API, CONFIG -> p.name();
            case INLINE -> "~" + p.algorithm().id() + '.' + p.limit() + '.' + p.windowMs() + '.' + p.burst();
            case ENVOY -> "~envoy." + Keys.encode(p.name());
        };
    }
}
