package dev.millrace.config;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.ext.web.Router;

/**
 * Refuses to start if numbers of the configuration are out of their bounds, and names them all. Bean Validation would do so too, but
 * costs each start more CPU, classes and memory than this.
 */
@Dependent
class BoundsCheck {

    /** Runs first: routes are registered before anything else starts, and need nearly all beans. */
    void check(@Observes @Priority(1) Router router, @Any Instance<BoundedConfig> configs) {
        check(configs);
    }

    static void check(Iterable<? extends BoundedConfig> configs) {
        Bounds bounds = new Bounds();
        configs.forEach(config -> config.check(bounds));
        if (!bounds.violations().isEmpty()) {
            throw new ConfigurationException("Invalid configuration:\n\t" + String.join("\n\t", bounds.violations()));
        }
    }
}
