package dev.millrace.cache.freshness;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Header fields of an example: names in lower case, and lines, in turn. */
final class Fields {

    private Fields() {}

    static Function<String, List<String>> of(String... fields) {
        return name -> {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < fields.length; i += 2) {
                if (fields[i].equals(name)) {
                    lines.add(fields[i + 1]);
                }
            }
            return lines;
        };
    }
}
