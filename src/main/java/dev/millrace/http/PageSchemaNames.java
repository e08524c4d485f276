package dev.millrace.http;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;

import io.quarkus.smallrye.openapi.OpenApiFilter;

/**
 * Keeps the names of page schemas in the OpenAPI document. SmallRye derives them from the names of Java classes, and numbers equal ones;
 * generated clients have types of these names, so they must not change when a Java class is renamed.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class PageSchemaNames implements OASFilter {

    private static final String PREFIX = "#/components/schemas/";

    /** Names of page schemas, by the name of the schema of their items. */
    private final Map<String, String> names = Map.of("CacheRegionView", "PageView", "QueueView", "PageView1",
            "Schedule",
            "PageView2", "Policy", "PageView3");

    @Override
    public void filterOpenAPI(OpenAPI api) {
        Map<String, String> renamed = new HashMap<>();
        Map<String, Schema> schemas = new TreeMap<>();
        api.getComponents().getSchemas().forEach((name, schema) -> {
            String kept = name.startsWith("Page") ? names.getOrDefault(itemsOf(schema), name) : name;
            renamed.put(PREFIX + name, PREFIX + kept);
            schemas.put(kept, schema);
        });
        api.getComponents().setSchemas(schemas);
        api.getPaths().getPathItems().values().stream().flatMap(path -> path.getOperations().values().stream())
                .flatMap(operation -> operation.getResponses().getAPIResponses().values().stream())
                .filter(response -> response.getContent() != null)
                .flatMap(response -> response.getContent().getMediaTypes().values().stream())
                .map(type -> type.getSchema()).filter(schema -> schema != null && renamed.containsKey(schema.getRef()))
                .forEach(schema -> schema.setRef(renamed.get(schema.getRef())));
    }

    private static String itemsOf(Schema page) {
        Schema items = page.getProperties() == null ? null : page.getProperties().get("items");
        Schema item = items == null ? null : items.getItems();
        return item == null || item.getRef() == null ? "" : item.getRef().substring(PREFIX.length());
    }
}
