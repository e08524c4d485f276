package dev.millrace.ratelimit;

import java.util.Arrays;
import java.util.function.Function;

import org.eclipse.microprofile.config.spi.Converter;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** So that the configuration is written as requests are: {@code sliding-window}, {@code local}. */
final class ConfigConverters {

    private ConfigConverters() {}

    /** {@link Algorithm} by its id. */
    @RegisterForReflection
    public static final class AlgorithmConverter implements Converter<Algorithm> {
        private static final long serialVersionUID = 1L;

        @Override
        public Algorithm convert(String value) {
            return constant(Algorithm.values(), Algorithm::id, value);
        }
    }

    /** {@link FailMode} by its id. */
    @RegisterForReflection
    public static final class FailModeConverter implements Converter<FailMode> {
        private static final long serialVersionUID = 1L;

        @Override
        public FailMode convert(String value) {
            return constant(FailMode.values(), FailMode::id, value);
        }
    }

    private static <T> T constant(T[] constants, Function<T, String> id, String value) {
        return Arrays.stream(constants).filter(c -> id.apply(c).equals(value.strip())).findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(value + " is not one of " + Arrays.toString(constants)));
    }
}
