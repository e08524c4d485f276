package dev.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** How many samples properties try is one setting: {@code jqwik.tries} of pom.xml, which the profile {@code full} raises. */
class PropertyTriesTest {

    private static final Pattern PROPERTY = Pattern.compile("^ *@Property\\b(\\([^)]*\\))?", Pattern.MULTILINE);

    @Test
    void noPropertySetsItsOwnTries() throws IOException {
        List<String> properties;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            properties = files.filter(file -> file.toString().endsWith(".java")).flatMap(PropertyTriesTest::properties)
                    .toList();
        }
        assertFalse(properties.isEmpty());
        assertEquals(List.of(), properties.stream().filter(property -> property.contains("tries")).toList());
    }

    private static Stream<String> properties(Path file) {
        try {
            return PROPERTY.matcher(Files.readString(file)).results()
                    .map(found -> file.getFileName() + ":" + found.group());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
