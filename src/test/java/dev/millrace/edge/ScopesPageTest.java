package dev.millrace.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;

import org.junit.jupiter.api.Test;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import dev.millrace.auth.ForAnyone;
import dev.millrace.auth.RequiresScope;

/** Guarantees that docs/scopes.md names every method of every resource, with the scopes of its annotation. */
class ScopesPageTest {

    @Test
    void theAnnotationsAgreeWithTheTable() {
        Map<String, List<String>> table = ScopeTable.read();
        Map<String, Set<String>> different = new TreeMap<>();
        declared().forEach((operation, scopes) -> {
            List<String> row = table.get(operation.equals("POST /json") ? MatrixCalls.ENVOY : operation);
            if (row == null || !scopes.equals(Set.copyOf(row))) {
                different.put(operation, scopes);
            }
        });
        assertEquals(Map.of(), different);
    }

    /** The scopes of the methods of resources by operation. */
    private static Map<String, Set<String>> declared() {
        Map<String, Set<String>> declared = new TreeMap<>();
        for (JavaClass type : new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.millrace")) {
            if (type.isAnnotatedWith(Path.class)) {
                for (JavaMethod method : type.getMethods()) {
                    verb(method).ifPresent(verb -> declared.put(verb + ' ' + path(type, method), scopes(type, method)));
                }
            }
        }
        assertTrue(declared.size() > 50, "the resources are found");
        return declared;
    }

    private static Optional<String> verb(JavaMethod method) {
        return method.getAnnotations().stream().map(annotation -> annotation.getRawType())
                .filter(type -> type.isAnnotatedWith(HttpMethod.class))
                .map(type -> type.getAnnotationOfType(HttpMethod.class).value()).findFirst();
    }

    private static String path(JavaClass type, JavaMethod method) {
        String path = type.getAnnotationOfType(Path.class).value();
        if (method.isAnnotatedWith(Path.class)) {
            String more = method.getAnnotationOfType(Path.class).value();
            path += more.startsWith("/") ? more : '/' + more;
        }
        return path.replaceAll("\\{(\\w+)[^}]*}", "{$1}");
    }

    private static Set<String> scopes(JavaClass type, JavaMethod method) {
        if (type.isAnnotatedWith(ForAnyone.class)) {
            return Set.of();
        }
        return Set.of(method.isAnnotatedWith(RequiresScope.class)
                ? method.getAnnotationOfType(RequiresScope.class).value()
                : type.getAnnotationOfType(RequiresScope.class).value());
    }
}
