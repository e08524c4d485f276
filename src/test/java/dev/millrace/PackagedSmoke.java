package dev.millrace;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an integration test that runs the tests of its superclass again, and is small enough to be part of every
 * {@code ./mvnw verify}. It shows that the packaged service works. Others like it are {@link Repackaged}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface PackagedSmoke {
}
