package dev.millrace;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Tag;

/**
 * Marks an integration test that runs the tests of its superclass again, against the packaged service. On the JVM they
 * test the same code as their superclass, so {@code ./mvnw verify} leaves them out; {@code -Pnative} and {@code -Pfull}
 * run them.
 */
@Tag("repackaged")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Repackaged {
}
