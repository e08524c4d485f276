package dev.millrace.queue.push;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of pushing jobs to receivers. */
@ConfigMapping(prefix = "millrace.queue.push")
public interface PushConfig {

    /** Whether jobs may be pushed to addresses that are not public: of this host, its network or its cloud. */
    @WithDefault("false")
    boolean allowPrivate();
}
