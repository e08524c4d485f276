package dev.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** NullAway checks the packages that are {@code @NullMarked}, so each one is. */
class NullMarkedTest {

    private static final Path SOURCES = Path.of("src/main/java");

    @Test
    void everyPackageIsNullMarked() throws IOException {
        List<Path> packages;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            packages = files.filter(file -> file.toString().endsWith(".java")).map(Path::getParent).distinct()
                    .sorted().toList();
        }
        assertFalse(packages.isEmpty());
        assertEquals(List.of(), packages.stream().filter(name -> !isMarked(name.resolve("package-info.java"))).toList(),
                "add a package-info.java with @NullMarked");
    }

    private static boolean isMarked(Path file) {
        try {
            return Files.exists(file) && Files.readString(file).contains("@NullMarked\npackage ");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
