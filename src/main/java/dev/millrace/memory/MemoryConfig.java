package dev.millrace.memory;

import java.util.Optional;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;

/** Settings of the memory that all requests together may use. */
@ConfigMapping(prefix = "millrace.memory")
public interface MemoryConfig {

    /** Bytes of all large bodies that come in, of requests and of origins; an eighth of the maximum heap by default. */
    Optional<MemorySize> maxRequests();

    /** Bytes of all large values on their way to clients; an eighth of the maximum heap by default. */
    Optional<MemorySize> maxResponses();

    /** Bytes of all connections and of the requests that they have open, by estimate; a quarter of the maximum heap by default. */
    Optional<MemorySize> maxConnections();
}
