package dev.millrace.ratelimit.envoy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;

import dev.millrace.ratelimit.Algorithm;
import dev.millrace.ratelimit.RateLimitConfig;
import dev.millrace.timer.Rounds;

/**
 * The active rules: those of the files in {@code millrace.ratelimit.envoy.descriptors}. The service does not start with an invalid
 * file. It compares the contents of the files once a second, so it detects every way of replacing them, including a swapped
 * symbolic link. A change takes effect as a whole or, if anything in it is invalid, not at all.
 */
@ApplicationScoped
public class DescriptorFiles {

    private static final Logger LOG = Logger.getLogger(DescriptorFiles.class);
    private static final long RELOAD_MS = 1000;
    private static final String PREFIX = "millrace.ratelimit.envoy.";

    private final RateLimitConfig.EnvoyConfig config;
    private final List<Path> files;
    private final Counter failures;
    private List<@Nullable String> seen;
    private volatile Descriptors current;

    DescriptorFiles(RateLimitConfig config, MeterRegistry metrics) {
        this.config = config.envoy();
        this.files = this.config.descriptors().orElse(List.of()).stream().map(Path::of).toList();
        this.failures = Counter.builder("millrace.ratelimit.envoy.reload.failures")
                .description("Changes of the descriptor files that were rejected").register(metrics);
        if (this.config.algorithm() == Algorithm.CONCURRENCY) {
            throw new ConfigurationException(PREFIX + "algorithm must not be concurrency, which needs leases");
        }
        this.seen = contents();
        try {
            this.current = parse(seen);
        } catch (InvalidDescriptorsException e) {
            throw new ConfigurationException(PREFIX + "descriptors: " + e.getMessage());
        }
    }

    /** Runs before anything starts that would have to be stopped again. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent event) {
        if (!files.isEmpty()) {
            LOG.infof("Envoy descriptors read from %s", files);
        }
    }

    void follow(@Observes StartupEvent event, Rounds rounds) {
        if (!files.isEmpty()) {
            rounds.everyBlocking(RELOAD_MS, this::reload);
        }
    }

    /** Returns the active rules. */
    Descriptors current() {
        return current;
    }

    private void reload() {
        List<@Nullable String> contents = contents();
        if (contents.equals(seen)) {
            return;
        }
        seen = contents;
        try {
            current = parse(contents);
            LOG.info("Envoy descriptors reloaded");
        } catch (InvalidDescriptorsException e) {
            failures.increment();
            LOG.errorf("Envoy descriptors not reloaded, the old ones stay active: %s", e.getMessage());
        }
    }

    /** Returns the contents of the files; null for one that cannot be read. */
    private List<@Nullable String> contents() {
        List<@Nullable String> contents = new ArrayList<>(files.size());
        for (Path file : files) {
            try {
                contents.add(Files.readString(file));
            } catch (IOException e) {
                contents.add(null);
            }
        }
        return contents;
    }

    private Descriptors parse(List<@Nullable String> contents) {
        DescriptorYaml yaml = new DescriptorYaml(config.algorithm(), config.failMode().orElse(null));
        for (int i = 0; i < contents.size(); i++) {
            String content = contents.get(i);
            if (content == null) {
                throw new InvalidDescriptorsException(files.get(i).toString(), "not readable, or not UTF-8");
            }
            yaml.add(files.get(i).toString(), content);
        }
        return yaml.descriptors();
    }
}
