package dev.millrace.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.Dependent;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * Gauges of a bean, which are removed with it. The registry outlives a live reload and keeps the first gauge of a name, so it would
 * otherwise go on reading a bean that no longer exists.
 */
@Dependent
public class Gauges {

    private final MeterRegistry registry;
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();

    Gauges(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Adds a gauge of {@code value} of {@code of}. The bean must hold a reference to {@code of}, because a gauge does not. */
    public <T> void add(String name, String description, T of, ToDoubleFunction<T> value, String... tags) {
        gauges.add(Gauge.builder(name, of, value).description(description).tags(Tags.of(tags)).register(registry));
    }

    /** Removes the gauges of {@code name} that have all of these tags. */
    public void remove(String name, String... tags) {
        registry.find(name).tags(tags).gauges().forEach(gauge -> {
            registry.remove(gauge);
            gauges.remove(gauge);
        });
    }

    @PreDestroy
    void remove() {
        gauges.forEach(registry::remove);
    }
}
