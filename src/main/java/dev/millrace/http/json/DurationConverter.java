package dev.millrace.http.json;

import java.time.Duration;

import org.eclipse.microprofile.config.spi.Converter;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** Durations in the configuration, written as in requests: {@code 250ms}, {@code 15m}, {@code PT15M}. */
@RegisterForReflection
public final class DurationConverter implements Converter<Duration> {

    private static final long serialVersionUID = 1L;

    @Override
    public Duration convert(String value) {
        return DurationJson.parse(value.strip());
    }
}
