package dev.millrace.config;

import java.util.ArrayList;
import java.util.List;

/** Checks numbers of the configuration against their bounds, and collects a message for each that is outside. */
public final class Bounds {

    private final List<String> violations = new ArrayList<>();

    /** Requires that the setting {@code name} is at least {@code min}. */
    public void atLeast(String name, int value, int min) {
        if (value < min) {
            violations.add(name + " must be at least " + min + ", but is " + value);
        }
    }

    /** Requires that the setting {@code name} is from {@code min} to {@code max}. */
    public void between(String name, int value, int min, int max) {
        if (value < min || value > max) {
            violations.add(name + " must be between " + min + " and " + max + ", but is " + value);
        }
    }

    /** One message for each setting that is out of bounds. */
    List<String> violations() {
        return violations;
    }
}
