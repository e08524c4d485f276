package dev.millrace.queue;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of all queues. The settings of one queue are set over HTTP. */
@ConfigMapping(prefix = "millrace.queue")
public interface QueueConfig {

    /** Maximum size of a job's data, result or progress, in bytes of JSON: 1 to 1,048,576. */
    @WithDefault("262144")
    @Min(1)
    @Max(1 << 20)
    int maxPayloadBytes();
}
