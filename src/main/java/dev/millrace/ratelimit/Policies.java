package dev.millrace.ratelimit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jspecify.annotations.Nullable;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Violation;
import dev.millrace.redis.Keys;
import dev.millrace.settings.DefinitionKind;
import dev.millrace.settings.Definitions;
import dev.millrace.settings.DefinitionsFactory;
import dev.millrace.settings.PutResult;

/**
 * The policies by name: those of the configuration, and per tenant those in Redis, which every replica follows
 * ({@link Definitions}).
 */
@ApplicationScoped
public class Policies {

    private static final int MAX_POLICIES = 1000;

    private final Map<String, Policy> configured = new HashMap<>();
    private final Definitions<PolicyDefinition, Policy> defined;

    Policies(DefinitionsFactory factory, RateLimitConfig config) {
        config.policies().forEach((name, p) -> configured.put(name, configured(name, p)));
        defined = factory.of(new DefinitionKind<>("Policy", "rl", "~policies", MAX_POLICIES, PolicyDefinition.class,
                definition -> definition.violations(""),
                (name, definition) -> definition.toPolicy(name, Policy.Source.API),
                new DefinitionKind.Errors(ErrorCode.POLICY_UNKNOWN, "There is no policy", ErrorCode.POLICY_LIMIT,
                        "Delete policies that are not used")));
    }

    /** Runs early, so that an invalid policy in the configuration is reported before anything connects. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        // The constructor has checked the configuration.
    }

    /** Returns the policy if this replica knows it, without a call to Redis; otherwise null. */
    @Nullable
    Policy known(String tenant, String name) {
        Policy policy = configured.get(name);
        return policy != null ? policy : defined.known(tenant, name);
    }

    /** Whether there is a policy of this name, in the configuration or of any tenant, as far as this replica knows. */
    boolean exists(String name) {
        return configured.containsKey(name) || defined.isDefined(name);
    }

    /** Returns the policy. Asks Redis for an unknown one, because another replica may just have defined it. */
    public Uni<Policy> get(String tenant, String name) {
        Policy policy = known(tenant, name);
        if (policy != null) {
            return Uni.createFrom().item(policy);
        }
        if (!Keys.isName(name)) {
            return Uni.createFrom().failure(defined.unknown(name));
        }
        return defined.require(tenant, name);
    }

    /** Returns all policies of a tenant, as they are in Redis now. */
    public Uni<List<Policy>> all(String tenant) {
        return defined.all(tenant).map(policies -> {
            Map<String, Policy> all = new HashMap<>(policies);
            all.putAll(configured);
            return new ArrayList<>(all.values());
        });
    }

    /** Defines a policy. This replica applies it when the Uni completes. */
    public Uni<PutResult> put(String tenant, String name, PolicyDefinition definition) {
        refuseConfigured(name);
        return defined.put(tenant, name, definition);
    }

    /** Deletes a policy; its counters expire with their windows. */
    public Uni<Void> delete(String tenant, String name) {
        refuseConfigured(name);
        return defined.delete(tenant, name);
    }

    private void refuseConfigured(String name) {
        if (configured.containsKey(name)) {
            throw new ApiException(ErrorCode.POLICY_CONFIGURED,
                    "Policy " + name + " is set in the configuration: change it there");
        }
    }

    private static Policy configured(String name, RateLimitConfig.PolicyConfig p) {
        PolicyDefinition definition = PolicyDefinition.of(p.algorithm(), p.limit(), p.window().orElse(null))
                .withBurst(p.burst().orElse(null)).withFailMode(p.failMode().orElse(null))
                .withDenyPenalty(p.denyPenalty().orElse(null)).withShadow(p.shadow().orElse(null));
        String prefix = "millrace.ratelimit.policies." + name + ".";
        if (!Keys.isName(name) || PolicyResource.RESERVED.contains(name)) {
            throw new ConfigurationException(
                    prefix + ": a policy name must match [A-Za-z0-9._-]{1,64} and not be one of "
                            + PolicyResource.RESERVED);
        }
        for (Violation v : definition.violations(prefix)) {
            throw new ConfigurationException(v.field() + " " + v.message());
        }
        return definition.toPolicy(name, Policy.Source.CONFIG);
    }
}
