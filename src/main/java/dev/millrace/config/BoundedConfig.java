package dev.millrace.config;

/** Settings with numbers that have bounds. Out of them, {@link BoundsCheck} refuses to start. */
public interface BoundedConfig {

    /** Checks every number that has bounds. */
    // Not abstract: a configuration mapping may not have abstract methods with parameters.
    default void check(Bounds bounds) {}
}
