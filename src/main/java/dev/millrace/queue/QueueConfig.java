package dev.millrace.queue;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of all queues; what holds in one is set over HTTP. */
@ConfigMapping(prefix = "millrace.queue")
public interface QueueConfig {

    /** Largest data, result or progress of a job, in bytes of JSON. */
    @WithDefault("262144")
    @Min(1)
    @Max(1 << 20)
    int maxPayloadBytes();
}
