package dev.millrace.http.problem;

import java.lang.annotation.Annotation;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;

/** Knows the methods of each path, which a 405 must list, and the media types of bodies, for a 415; the REST layer does not tell. */
@Provider
public class AllowedMethods implements DynamicFeature {

    private static final Pattern PARAMETER = Pattern.compile("\\{\\s*[\\w.-]+\\s*(?::\\s*([^{}]+?)\\s*)?}");
    private static final List<Operation> OPERATIONS = new CopyOnWriteArrayList<>();

    /** @param fixed characters of the path that are no parameters; of two operations for a path, the one with more serves it */
    private record Operation(Pattern path, int fixed, String method, List<String> consumed) {}

    /** Returns the methods of the operations at {@code path}, in alphabetical order. */
    public static List<String> at(String path) {
        return OPERATIONS.stream().filter(operation -> operation.path().matcher(path).matches())
                .map(Operation::method).distinct().sorted().toList();
    }

    /** Returns the media types of the body that an operation accepts; empty if it declares none. */
    static List<String> consumed(String path, String method) {
        return OPERATIONS.stream()
                .filter(operation -> operation.method().equals(method) && operation.path().matcher(path).matches())
                .max(Comparator.comparingInt(Operation::fixed)).map(Operation::consumed).orElse(List.of());
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        Path root = resource.getResourceClass().getAnnotation(Path.class);
        Path own = resource.getResourceMethod().getAnnotation(Path.class);
        Consumes consumes = resource.getResourceMethod().getAnnotation(Consumes.class);
        if (consumes == null) {
            consumes = resource.getResourceClass().getAnnotation(Consumes.class);
        }
        String template = '/' + (root == null ? "" : root.value()) + '/' + (own == null ? "" : own.value());
        template = template.replaceAll("/+", "/").replaceAll("/$", "");
        Pattern path = Pattern.compile(regex(template));
        int fixed = PARAMETER.matcher(template).replaceAll("").length();
        for (Annotation annotation : resource.getResourceMethod().getAnnotations()) {
            HttpMethod method = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (method != null) {
                OPERATIONS.add(
                        new Operation(path, fixed, method.value(),
                                consumes == null ? List.of() : List.of(consumes.value())));
            }
        }
    }

    private static String regex(String template) {
        Matcher parameter = PARAMETER.matcher(template);
        StringBuilder regex = new StringBuilder();
        int from = 0;
        while (parameter.find()) {
            regex.append(Pattern.quote(template.substring(from, parameter.start())));
            regex.append(parameter.group(1) == null ? "[^/]+" : "(?:" + parameter.group(1) + ")");
            from = parameter.end();
        }
        return regex.append(Pattern.quote(template.substring(from))).append("/?").toString();
    }
}
