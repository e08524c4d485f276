package dev.millrace.queue.worker;

import java.time.Duration;

import jakarta.inject.Singleton;

import io.quarkus.arc.properties.IfBuildProperty;

/** As {@link Errands}, in less time. */
@Singleton
@IfBuildProperty(name = ProcessorsProfile.SWITCH, stringValue = "true")
class HastyErrands extends Errands {

    @Override
    public String queue() {
        return "hasty";
    }

    @Override
    public Duration timeout() {
        return Duration.ofMillis(300);
    }
}
