package dev.millrace.cache;

import java.util.Map;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.settings.DefinitionKind;
import dev.millrace.settings.Definitions;
import dev.millrace.settings.DefinitionsFactory;
import dev.millrace.settings.PutResult;

/** The regions of a cache by name, kept in Redis and followed by every replica. A region without a definition has the defaults. */
@ApplicationScoped
public class Regions {

    private static final int MAX_REGIONS = 1000;

    private final Definitions<RegionDefinition, Region> defined;
    private final Region defaults;

    Regions(DefinitionsFactory factory, CacheConfig config) {
        defaults = Region.of(config);
        defined = factory.of(new DefinitionKind<>("Cache region", CacheStore.FEATURE, "~regions", MAX_REGIONS,
                RegionDefinition.class, RegionDefinition::violations,
                (name, definition) -> read(definition),
                new DefinitionKind.Errors(ErrorCode.REGION_UNKNOWN, "There is no definition of region",
                        ErrorCode.REGION_LIMIT,
                        "Delete regions that are not used")));
    }

    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        if (defaults.ttlMs() < 1 || defaults.negativeTtlMs() < 1 || defaults.ttlMs() > RegionDefinition.MAX.toMillis()
                || defaults.negativeTtlMs() > RegionDefinition.MAX.toMillis()) {
            throw new ConfigurationException("millrace.cache.ttl and .negative-ttl must be between 1 ms and 400 days");
        }
    }

    /** Returns the settings of a region. Asks Redis once per tenant. */
    Uni<Region> get(String tenant, String name) {
        if (defined.isLoaded(tenant)) {
            Region known = defined.known(tenant, name);
            return Uni.createFrom().item(known == null ? defaults : known);
        }
        return defined.get(tenant, name).map(found -> found == null ? defaults : found);
    }

    /** As {@link #get}, but null if Redis is unavailable: then nobody knows whether the region has an origin, or by what it varies. */
    Uni<Region> getIfAvailable(String tenant, String name) {
        return get(tenant, name).onFailure(RedisUnavailableException.class).recoverWithNull();
    }

    /** Whether any tenant has defined a region of this name, as far as this replica knows. */
    boolean isDefined(String name) {
        return defined.isDefined(name);
    }

    /** Returns the settings of a defined region; fails with 404 for any other. */
    Uni<Region> defined(String tenant, String name) {
        return defined.require(tenant, name);
    }

    Uni<Map<String, Region>> all(String tenant) {
        return defined.all(tenant);
    }

    /** Returns the settings that a definition describes. */
    Region read(RegionDefinition definition) {
        return definition.toRegion(defaults);
    }

    /** Defines a region, which is in force on this replica when it completes. */
    Uni<PutResult> put(String tenant, String name, RegionDefinition definition) {
        return defined.put(tenant, name, definition);
    }

    /** Deletes a definition; the entries stay. */
    Uni<Void> delete(String tenant, String name) {
        return defined.delete(tenant, name);
    }
}
