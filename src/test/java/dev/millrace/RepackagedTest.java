package dev.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Which integration tests {@code ./mvnw verify} runs on the JVM follows from what they are. */
class RepackagedTest {

    @Test
    void everyIntegrationTestThatRepeatsAnotherTestSaysSo() throws Exception {
        List<Class<?>> classes = integrationTests();
        assertEquals(List.of(), classes.stream().filter(type -> repeats(type) != isMarked(type)).toList(),
                "mark with @Repackaged (or, a small one, @PackagedSmoke) what extends another test, and nothing else");
        assertTrue(classes.stream().anyMatch(type -> type.isAnnotationPresent(PackagedSmoke.class)),
                "a small test of the packaged service stays in every build");
    }

    private static boolean repeats(Class<?> type) {
        return type.getSuperclass() != Object.class;
    }

    private static boolean isMarked(Class<?> type) {
        return type.isAnnotationPresent(Repackaged.class) ^ type.isAnnotationPresent(PackagedSmoke.class);
    }

    private static List<Class<?>> integrationTests() throws IOException, URISyntaxException {
        Path root = Path.of(RepackagedTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith("IT.class"))
                    .<Class<?>>map(name -> load(name.substring(0, name.length() - ".class".length()).replace('/', '.')))
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, RepackagedTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
