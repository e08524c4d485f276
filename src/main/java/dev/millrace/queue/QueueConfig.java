package dev.millrace.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** Settings of all queues. The settings of one queue are set over HTTP. */
@ConfigMapping(prefix = "millrace.queue")
public interface QueueConfig extends BoundedConfig {

    /** Maximum size of a job's data, result or progress, in bytes of JSON: 1 to 1,048,576. */
    @WithDefault("262144")
    int maxPayloadBytes();

    @Override
    default void check(Bounds bounds) {
        bounds.between("millrace.queue.max-payload-bytes", maxPayloadBytes(), 1, 1 << 20);
    }
}
