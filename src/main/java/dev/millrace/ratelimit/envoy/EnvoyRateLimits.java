package dev.millrace.ratelimit.envoy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import com.google.protobuf.Struct;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.ratelimit.Algorithm;
import dev.millrace.ratelimit.Check;
import dev.millrace.ratelimit.Decision;
import dev.millrace.ratelimit.Policy;
import dev.millrace.ratelimit.RateLimitConfig;
import dev.millrace.ratelimit.RateLimitService;
import dev.millrace.ratelimit.envoy.Descriptors.Match;
import dev.millrace.ratelimit.envoy.EnvoyHeaders.Named;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor.RateLimitOverride;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.Code;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.DescriptorStatus;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.RateLimit;

/**
 * The semantics of Envoy's rate limit service: a request of many descriptors is over limit if any of them is, or all of those that have
 * a quota. Unlike Envoy's own service, it charges ordinary descriptors <em>all or none</em>, in one atomic step, and a denied request
 * consumes nothing. A cost above 1 is charged in any case, because it may be what a response has used
 * (docs/adr/0019-charges-after-the-fact.md). In a denied request a descriptor that would fit is still OK. Descriptors without a rule,
 * with an unlimited rule or with a replaced rule are OK and have no limit.
 */
@ApplicationScoped
public class EnvoyRateLimits {

    /** Maximum number of descriptors in one request. */
    static final int MAX_DESCRIPTORS = 100;
    /** A descriptor's own addend counts as this at most: one more than a request's can be. */
    static final long MAX_ADDEND = 1L << 32;

    private final DescriptorFiles files;
    private final RateLimitService service;
    private final RateLimitConfig.EnvoyConfig config;
    private final EnvoyHeaders headers;

    EnvoyRateLimits(DescriptorFiles files, RateLimitService service, RateLimitConfig config) {
        this.files = files;
        this.service = service;
        this.config = config.envoy();
        this.headers = new EnvoyHeaders(config);
    }

    /**
     * Decides a request. Fails with an {@link ApiException} if it is invalid, and with a
     * {@link dev.millrace.redis.RedisUnavailableException} while Redis is unavailable and a rule that applies has no fail mode.
     */
    public Uni<RateLimitResponse> decide(String tenant, RateLimitRequest request) {
        List<@Nullable Match> matches = matches(request);
        List<Check> checks = new ArrayList<>(matches.size());
        for (int i = 0; i < matches.size(); i++) {
            Match match = matches.get(i);
            Policy policy = match == null ? null : match.rule().policy();
            if (match != null && policy != null) {
                long cost = cost(request, i);
                checks.add(new Check(policy, match.identifier(), cost, match.rule().overdraws(cost),
                        match.rule().quota()));
            }
        }
        return checks.isEmpty()
                ? Uni.createFrom().item(response(request, matches, List.of()))
                : service.check(tenant, checks, true).map(decisions -> response(request, matches, decisions));
    }

    /** Returns the rule of each descriptor, or null if none applies or another one replaces it. */
    private List<@Nullable Match> matches(RateLimitRequest request) {
        if (request.getDomain().isEmpty()) {
            throw ApiException.invalid("domain", "must not be empty");
        }
        int count = request.getDescriptorsCount();
        if (count < 1 || count > MAX_DESCRIPTORS) {
            throw ApiException.invalid("descriptors", "must hold 1 to " + MAX_DESCRIPTORS + " descriptors");
        }
        Descriptors rules = files.current();
        List<@Nullable Match> matches = new ArrayList<>(count);
        Set<String> replaced = new HashSet<>();
        for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
            Match match = match(rules, request.getDomain(), descriptor);
            matches.add(match);
            if (match != null) {
                replaced.addAll(match.rule().replaces());
            }
        }
        matches.replaceAll(m -> m == null || m.rule().policy() == null || !replaced.contains(m.rule().name())
                ? m
                : null);
        return matches;
    }

    private @Nullable Match match(Descriptors rules, String domain, RateLimitDescriptor descriptor) {
        Match override = descriptor.hasLimit() && rules.hasDomain(domain) ? override(domain, descriptor) : null;
        return override != null ? override : rules.match(domain, descriptor.getEntriesList());
    }

    /**
     * Returns the limit that a descriptor contains, or null if it is of no unit: then the configured rule applies. Its name is domain and
     * unit, because it is a label of metrics.
     */
    private @Nullable Match override(String domain, RateLimitDescriptor descriptor) {
        RateLimitOverride limit = descriptor.getLimit();
        Unit unit = Unit.of(limit.getUnit());
        if (unit == null) {
            return null;
        }
        long requests = Integer.toUnsignedLong(limit.getRequestsPerUnit());
        EntryPath path = new EntryPath();
        descriptor.getEntriesList().forEach(entry -> path.add(entry.getKey(), entry.getValue()));
        // The exact window stores each admission, so above its maximum the limit counts by the counter.
        Algorithm algorithm = config.algorithm() == Algorithm.SLIDING_WINDOW
                && requests > Algorithm.SLIDING_WINDOW.maxLimit()
                        ? Algorithm.SLIDING_WINDOW_COUNTER
                        : config.algorithm();
        Policy policy = Rule.policy(domain + ".override_" + unit, algorithm, requests, unit.window(), null,
                config.failMode().orElse(null), false);
        return new Match(Rule.of(policy), path.add(unit).identifier());
    }

    /** A descriptor's own addend has priority, and 0 peeks. In the request's addend, 0 means 1. */
    private static long cost(RateLimitRequest request, int i) {
        RateLimitDescriptor descriptor = request.getDescriptors(i);
        if (!descriptor.hasHitsAddend()) {
            return Math.max(1, Integer.toUnsignedLong(request.getHitsAddend()));
        }
        long own = descriptor.getHitsAddend().getValue();
        return Long.compareUnsigned(own, MAX_ADDEND) > 0 ? MAX_ADDEND : own;
    }

    private RateLimitResponse response(RateLimitRequest request, List<@Nullable Match> matches,
            List<Decision> decisions) {
        RateLimitResponse.Builder response = RateLimitResponse.newBuilder();
        List<Named> limits = new ArrayList<>();
        boolean over = false;
        boolean quota = false;
        boolean quotaLeft = false;
        int next = 0;
        for (Match match : matches) {
            Policy policy = match == null ? null : match.rule().policy();
            if (match == null) {
                response.addStatuses(DescriptorStatus.newBuilder().setCode(Code.OK));
            } else if (policy == null) {
                response.addStatuses(DescriptorStatus.newBuilder().setCode(Code.OK).setLimitRemaining(-1));
            } else {
                Decision decision = decisions.get(next++);
                response.addStatuses(status(match.rule().name(), policy, decision));
                limits.add(new Named(match.rule().name().isEmpty() ? policy.name() : match.rule().name(), decision));
                boolean soft = match.rule().quota() && !policy.shadow();
                over |= !decision.allowed() && !soft;
                quota |= soft;
                quotaLeft |= soft && decision.allowed();
            }
        }
        Struct metadata = EnvoyMetadata.of(request, matches, response.getStatusesList());
        if (metadata != null) {
            response.setDynamicMetadata(metadata);
        }
        over |= quota && !quotaLeft;
        return response.setOverallCode(over ? Code.OVER_LIMIT : Code.OK)
                .addAllResponseHeadersToAdd(headers.of(limits, over)).build();
    }

    private static DescriptorStatus status(String name, Policy policy, Decision decision) {
        long untilMs = decision.allowed() ? decision.resetMs() : decision.retryAfterMs();
        return DescriptorStatus.newBuilder()
                .setCode(decision.allowed() ? Code.OK : Code.OVER_LIMIT)
                .setCurrentLimit(RateLimit.newBuilder()
                        .setRequestsPerUnit((int) decision.limit())
                        .setUnit(Unit.of(policy.windowMs()))
                        .setName(name))
                .setLimitRemaining((int) Math.min(decision.remaining(), DescriptorYaml.MAX_REQUESTS))
                .setDurationUntilReset(com.google.protobuf.Duration.newBuilder()
                        .setSeconds(untilMs / 1000)
                        .setNanos((int) (untilMs % 1000) * 1_000_000))
                .build();
    }
}
