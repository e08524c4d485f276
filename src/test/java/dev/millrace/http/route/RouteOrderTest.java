package dev.millrace.http.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Guarantees that {@link RouteOrder} is the whole list, in the order in which requests pass it. */
class RouteOrderTest {

    private static final Pattern ORDER = Pattern.compile("\\.order\\(\\s*(?!\\))(\\S*)");

    @Test
    void theListIsInTheOrderOfTheRoutes() {
        RouteOrder[] orders = RouteOrder.values();
        for (int i = 1; i < orders.length; i++) {
            assertTrue(orders[i - 1].order() < orders[i].order(), orders[i].name());
        }
    }

    @Test
    void noRouteHasAnotherOrder() throws IOException {
        List<String> others = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                Matcher order = ORDER.matcher(source);
                while (source.contains("Router") && order.find()) {
                    String argument = order.group(1);
                    if (!argument.startsWith("RouteOrder.") && !argument.startsWith("order)")) {
                        others.add(file + ": " + argument);
                    }
                }
            }
        }
        assertEquals(List.of(), others);
    }
}
