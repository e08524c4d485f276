package dev.millrace.http;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationValue;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.RecordComponentInfo;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Completes the schemas of the OpenAPI document with what the scanner cannot know: which members a response always has, that a
 * duration may be a number, and that a {@code JsonValue} may be any JSON.
 */
final class ApiSchemas {

    private static final String REF = "#/components/schemas/";
    private static final String DURATION = "Duration";
    private static final String ANY_JSON = "JsonValue";
    /** A denial: a problem with the members of a decision. */
    private static final String DENIAL = "Denial";
    private static final DotName SCHEMA = DotName
            .createSimple(org.eclipse.microprofile.openapi.annotations.media.Schema.class);
    private static final DotName NULLABLE = DotName.createSimple(Nullable.class);
    private static final DotName JSON_INCLUDE = DotName.createSimple(JsonInclude.class);

    private final IndexView index;

    ApiSchemas(IndexView index) {
        this.index = index;
    }

    /** Changes the schemas of a whole document. */
    void complete(OpenAPI api) {
        Map<String, Schema> schemas = new HashMap<>(api.getComponents().getSchemas());
        each(schemas, ApiSchemas::clean);
        requireNonNull(schemas.get(DURATION)).setType(List.of(Schema.SchemaType.STRING, Schema.SchemaType.INTEGER));
        requireNonNull(schemas.get(ANY_JSON)).setType(null);
        Schema many = requireNonNull(schemas.get("NewJobs")); // its other members are those of NewJob, the alternative to it
        many.setProperties(Map.of("jobs", requireNonNull(many.getProperties().get("jobs"))));
        many.setRequired(List.of("jobs"));
        Schema debounce = requireNonNull(requireNonNull(schemas.get("NewJob")).getProperties().get("debounce"));
        debounce.setRef(null);
        debounce.setOneOf(List.of(ref(DURATION), ref("Debounce")));
        requireNonNull(schemas.get("Problem")).setRequired(List.of("type", "title", "status", "code"));
        api.getComponents().addSchema(DENIAL, OASFactory.createSchema()
                .description("A denial: a problem that has the members of a decision")
                .allOf(List.of(ref("Problem"), ref("Decision"))));

        Set<String> sent = new HashSet<>();
        Set<String> received = new HashSet<>();
        api.getPaths().getPathItems().values().forEach(path -> path.getOperations().values()
                .forEach(operation -> collect(operation, schemas, sent, received)));
        sent.removeAll(received);
        Map<String, ClassInfo> records = records();
        for (String name : sent) {
            Schema schema = schemas.get(name);
            ClassInfo type = records.get(name.startsWith("Page") ? "Page" : name);
            if (schema != null && schema.getProperties() != null && type != null) {
                requireWhatIsAlwaysThere(schema, type);
            }
        }
    }

    private static Schema ref(String name) {
        return OASFactory.createSchema().ref(REF + name);
    }

    /** What the scanner writes beside a reference contradicts it: a duration is no ISO 8601 text, any JSON is no object. */
    private static void clean(Schema schema) {
        if ("duration".equals(schema.getFormat())) {
            schema.setFormat(null);
            if (schema.getRef() == null) {
                schema.setRef(REF + DURATION);
            }
        }
        if ((REF + DURATION).equals(schema.getRef()) || (REF + ANY_JSON).equals(schema.getRef())) {
            schema.setType(null);
        }
    }

    private static void each(Map<String, Schema> schemas, Consumer<Schema> change) {
        for (Schema schema : schemas.values()) {
            change.accept(schema);
            each(parts(schema), change);
        }
    }

    /** The schemas inside a schema, under names that are unique among them. */
    private static Map<String, Schema> parts(Schema schema) {
        Map<String, Schema> parts = new HashMap<>();
        if (schema.getProperties() != null) {
            parts.putAll(schema.getProperties());
        }
        if (schema.getItems() != null) {
            parts.put("[]", schema.getItems());
        }
        for (List<Schema> alternatives : lists(schema.getOneOf(), schema.getAnyOf(), schema.getAllOf())) {
            for (Schema alternative : alternatives) {
                parts.put("|" + parts.size(), alternative);
            }
        }
        return parts;
    }

    @SafeVarargs
    private static List<List<Schema>> lists(@Nullable List<Schema>... lists) {
        List<List<Schema>> present = new ArrayList<>();
        for (List<Schema> list : lists) {
            if (list != null) {
                present.add(list);
            }
        }
        return present;
    }

    private static void collect(Operation operation, Map<String, Schema> schemas, Set<String> sent,
            Set<String> received) {
        operation.getResponses().getAPIResponses().values()
                .forEach(response -> reachable(response.getContent(), schemas, sent));
        if (operation.getRequestBody() != null) {
            reachable(operation.getRequestBody().getContent(), schemas, received);
        }
    }

    private static void reachable(@Nullable Content content, Map<String, Schema> schemas, Set<String> found) {
        if (content != null) {
            content.getMediaTypes().values().forEach(type -> reachable(type.getSchema(), schemas, found));
        }
    }

    private static void reachable(@Nullable Schema schema, Map<String, Schema> schemas, Set<String> found) {
        if (schema == null) {
            return;
        }
        if (schema.getRef() != null) {
            String name = schema.getRef().substring(schema.getRef().lastIndexOf('/') + 1);
            if (found.add(name)) {
                reachable(schemas.get(name), schemas, found);
            }
        }
        parts(schema).values().forEach(part -> reachable(part, schemas, found));
    }

    /** The records of the service by the name of their schema. */
    private Map<String, ClassInfo> records() {
        Map<String, ClassInfo> records = new HashMap<>();
        for (ClassInfo type : index.getKnownClasses()) {
            if (type.isRecord() && type.name().toString().startsWith("dev.millrace.")) {
                AnnotationInstance schema = type.declaredAnnotation(SCHEMA);
                AnnotationValue name = schema == null ? null : schema.value("name");
                if (name != null) {
                    records.put(name.asString(), type);
                } else {
                    records.putIfAbsent(type.simpleName(), type);
                }
            }
        }
        return records;
    }

    /** A component that may not be null, and is written whatever it is, is a required member. */
    private static void requireWhatIsAlwaysThere(Schema schema, ClassInfo type) {
        if (type.hasDeclaredAnnotation(JSON_INCLUDE) && !includesAll(type.declaredAnnotation(JSON_INCLUDE))) {
            return;
        }
        for (RecordComponentInfo component : type.recordComponents()) {
            boolean mayBeAbsent = component.type().hasAnnotation(NULLABLE)
                    || component.annotations().stream().anyMatch(a -> a.name().equals(JSON_INCLUDE) && !includesAll(a))
                    || type.field(component.name()).annotations().stream()
                            .anyMatch(a -> a.name().equals(JSON_INCLUDE) && !includesAll(a));
            boolean isListed = schema.getRequired() != null && schema.getRequired().contains(component.name());
            if (!mayBeAbsent && !isListed && schema.getProperties().containsKey(component.name())) {
                schema.addRequired(component.name());
            }
        }
    }

    /** Whether an inclusion leaves out null alone. */
    private static boolean includesAll(AnnotationInstance inclusion) {
        AnnotationValue value = inclusion.value();
        return value == null || value.asEnum().equals("ALWAYS") || value.asEnum().equals("NON_NULL");
    }
}
