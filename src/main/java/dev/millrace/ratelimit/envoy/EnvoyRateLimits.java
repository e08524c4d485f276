package dev.millrace.ratelimit.envoy;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.Violation;
import dev.millrace.ratelimit.Check;
import dev.millrace.ratelimit.Decision;
import dev.millrace.ratelimit.Policy;
import dev.millrace.ratelimit.PolicyDefinition;
import dev.millrace.ratelimit.RateLimitConfig;
import dev.millrace.ratelimit.RateLimitService;
import dev.millrace.ratelimit.envoy.Descriptors.Match;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor.RateLimitOverride;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.Code;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.DescriptorStatus;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.RateLimit;

/**
 * The semantics of Envoy's rate limit service: a request of many descriptors is over limit if any of them is. Unlike
 * Envoy's own service, it charges the descriptors <em>all or none</em>, in one atomic step, and a denied request consumes nothing.
 * In a denied request a descriptor that would fit is still OK. Descriptors without a rule, with an unlimited rule or with a replaced
 * rule are OK and have no limit.
 */
@ApplicationScoped
public class EnvoyRateLimits {

    /** Maximum number of descriptors in one request. */
    static final int MAX_DESCRIPTORS = 100;

    private final DescriptorFiles files;
    private final RateLimitService service;
    private final RateLimitConfig.EnvoyConfig config;

    EnvoyRateLimits(DescriptorFiles files, RateLimitService service, RateLimitConfig config) {
        this.files = files;
        this.service = service;
        this.config = config.envoy();
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
            if (match != null) {
                checks.add(new Check(requireNonNull(match.rule().policy()), match.identifier(), cost(request, i)));
            }
        }
        return checks.isEmpty()
                ? Uni.createFrom().item(response(matches, List.of()))
                : service.check(tenant, checks, true).map(decisions -> response(matches, decisions));
    }

    /** Returns the limit of each descriptor, or null if it has none. */
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
        for (int i = 0; i < count; i++) {
            Match match = match(rules, request, i);
            matches.add(match);
            if (match != null) {
                replaced.addAll(match.rule().replaces());
            }
        }
        matches.replaceAll(
                m -> m == null || m.rule().policy() == null || replaced.contains(m.rule().name()) ? null : m);
        return matches;
    }

    private @Nullable Match match(Descriptors rules, RateLimitRequest request, int i) {
        RateLimitDescriptor descriptor = request.getDescriptors(i);
        return descriptor.hasLimit() && rules.hasDomain(request.getDomain())
                ? override(request.getDomain(), descriptor, "descriptors[" + i + "].limit.")
                : rules.match(request.getDomain(), descriptor.getEntriesList());
    }

    /** Returns the limit that a request contains. Its name is domain and unit, because it is a label of metrics. */
    private Match override(String domain, RateLimitDescriptor descriptor, String field) {
        RateLimitOverride limit = descriptor.getLimit();
        Unit unit = Unit.of(limit.getUnit());
        if (unit == null) {
            throw ApiException.invalid(field + "unit", "must be a unit");
        }
        long requests = Integer.toUnsignedLong(limit.getRequestsPerUnit());
        Duration window = unit.window();
        for (Violation v : PolicyDefinition.of(config.algorithm(), Math.max(1, requests), window).violations("")) {
            throw ApiException.invalid(field + "requestsPerUnit", v.message());
        }
        EntryPath path = new EntryPath();
        descriptor.getEntriesList().forEach(entry -> path.add(entry.getKey(), entry.getValue()));
        Policy policy = Rule.policy(domain + ".override_" + unit, config.algorithm(), requests, window, null,
                config.failMode().orElse(null), false);
        return new Match(new Rule(policy, "", Set.of()), path.add(unit).identifier());
    }

    /** A descriptor's own addend has priority, and 0 peeks. In the request's addend, 0 means 1. */
    private static long cost(RateLimitRequest request, int i) {
        RateLimitDescriptor descriptor = request.getDescriptors(i);
        long cost = descriptor.hasHitsAddend()
                ? descriptor.getHitsAddend().getValue()
                : Math.max(1, Integer.toUnsignedLong(request.getHitsAddend()));
        if (cost < 0 || cost > RateLimitService.MAX_COST) {
            throw ApiException.invalid(descriptor.hasHitsAddend() ? "descriptors[" + i + "].hitsAddend" : "hitsAddend",
                    "must be at most " + RateLimitService.MAX_COST);
        }
        return cost;
    }

    private static RateLimitResponse response(List<@Nullable Match> matches, List<Decision> decisions) {
        RateLimitResponse.Builder response = RateLimitResponse.newBuilder().setOverallCode(Code.OK);
        int next = 0;
        for (Match match : matches) {
            if (match == null) {
                response.addStatuses(DescriptorStatus.newBuilder().setCode(Code.OK));
                continue;
            }
            Decision decision = decisions.get(next++);
            response.addStatuses(status(match.rule(), decision));
            if (!decision.allowed()) {
                response.setOverallCode(Code.OVER_LIMIT);
            }
        }
        return response.build();
    }

    private static DescriptorStatus status(Rule rule, Decision decision) {
        long untilMs = decision.allowed() ? decision.resetMs() : decision.retryAfterMs();
        return DescriptorStatus.newBuilder()
                .setCode(decision.allowed() ? Code.OK : Code.OVER_LIMIT)
                .setCurrentLimit(RateLimit.newBuilder()
                        .setRequestsPerUnit((int) decision.limit())
                        .setUnit(Unit.of(requireNonNull(rule.policy()).windowMs()))
                        .setName(rule.name()))
                .setLimitRemaining((int) decision.remaining())
                .setDurationUntilReset(com.google.protobuf.Duration.newBuilder()
                        .setSeconds(untilMs / 1000)
                        .setNanos((int) (untilMs % 1000) * 1_000_000))
                .build();
    }
}
