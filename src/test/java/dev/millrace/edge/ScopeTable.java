package dev.millrace.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of docs/scopes.md: what the service promises about each operation, in the words that users read. */
final class ScopeTable {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| (.*`.*) \\| (.*) \\|$");
    private static final Pattern SCOPE = Pattern.compile("`([a-z]+(?::read)?)`");

    private ScopeTable() {}

    /** The scopes of each operation, of which a key needs one; none if it needs no key. */
    static Map<String, List<String>> read() {
        try {
            Map<String, List<String>> table = new LinkedHashMap<>();
            Matcher row = ROW.matcher(Files.readString(Path.of("docs/scopes.md")));
            while (row.find()) {
                String operation = row.group(1).replace("`", "");
                List<String> scopes = SCOPE.matcher(row.group(2)).results().map(scope -> scope.group(1)).toList();
                if (scopes.isEmpty() != row.group(2).equals("none") || table.put(operation, scopes) != null) {
                    throw new IllegalStateException("docs/scopes.md: " + operation);
                }
            }
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a key with some scopes may call an operation that needs one of others. */
    static boolean allows(List<String> needed, List<String> scopes) {
        return needed.isEmpty() || needed.stream().anyMatch(scope -> scopes.contains(scope)
                || scope.endsWith(":read") && scopes.contains(scope.replace(":read", "")));
    }
}
