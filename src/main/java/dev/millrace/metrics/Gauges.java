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
 * Gauges of a bean, which end with it: the registry outlives a live reload, keeps the first gauge of a name, and would go on asking
 * a bean that is no more.
 */
@Dependent
public class Gauges {

    private final MeterRegistry registry;
    private final List<Gauge> gauges = new CopyOnWriteArrayList<>();

    Gauges(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Adds one of what {@code value} says of {@code of}, which the bean must hold itself: a gauge does not. */
    public <T> void add(String name, String description, T of, ToDoubleFunction<T> value, String... tags) {
        gauges.add(Gauge.builder(name, of, value).description(description).tags(Tags.of(tags)).register(registry));
    }

    @PreDestroy
    void remove() {
        gauges.forEach(registry::remove);
    }
}
