package dev.millrace.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.eclipse.microprofile.openapi.models.tags.Tag;
import org.jboss.jandex.IndexView;

import io.quarkus.smallrye.openapi.OpenApiFilter;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Problem;

/**
 * Adds to the OpenAPI document what applies to the whole service, and the errors that every operation has. Runs at build time
 * only: in Quarkus' extension (dev mode, tests) and in the Maven plugin that writes the document of {@link ApiDocument}.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {

    private static final String DESCRIPTION = "Rate limits, sessions, refresh tokens, caching and job queues on Redis, as one "
            + "small service. Every error is an RFC 9457 problem with a stable `code`; docs/errors.md lists them. This document "
            + "does not cover `/redis`, which speaks the REST protocol of Upstash, and gRPC. `HEAD` works where `GET` does.";

    private static final Map<String, String> TAGS = new LinkedHashMap<>();
    static {
        TAGS.put("Rate limiting",
                "Policies, decisions and leases: docs/rate-limiting.md. `/json` is for Envoy: docs/envoy.md");
        TAGS.put("Sessions", "Logins whose token is checked at each request: docs/sessions.md");
        TAGS.put("Refresh tokens", "Families of tokens that are rotated: docs/refresh-tokens.md");
        TAGS.put("OAuth", "Introspection, revocation and metadata for OAuth libraries: docs/refresh-tokens.md");
        TAGS.put("Caching", "Entries, leases, purges, regions and origins: docs/caching.md");
        TAGS.put("Job queues", "Jobs, workers, queues, groups and schedules: docs/queues.md");
        TAGS.put("Operations", "What Redis reports about itself: docs/operations.md");
    }

    /** The parameters in paths: description and example. */
    private static final Map<String, List<String>> IN_PATHS = Map.ofEntries(
            Map.entry("policy", List.of("Name of the policy, `[A-Za-z0-9._-]{1,64}`", "login")),
            Map.entry("identifier", List.of("What is limited, 1 to 512 bytes of UTF-8, percent-encoded", "user-42")),
            Map.entry("lease", List.of("The lease, as the call that took it returned it", "3rFSgu5xHPzdYm18ZqBH6w")),
            Map.entry("region", List.of("Name of the region, `[A-Za-z0-9._-]{1,64}`, not `regions`", "products")),
            Map.entry("key", List.of("Key of the entry, 1 to 512 bytes of UTF-8, percent-encoded", "sku-1")),
            Map.entry("userId", List.of("The user, 1 to 512 bytes of UTF-8, percent-encoded", "user-42")),
            Map.entry("id",
                    List.of("The id of the job or session, as the call that created it returned it", "5984639761701")),
            Map.entry("family", List.of("The family's public id", "AoQVonWe-1Cangz4ML32")),
            Map.entry("queue", List.of("Name of the queue, `[A-Za-z0-9._-]{1,64}`", "emails")),
            Map.entry("group", List.of("The group, 1 to 512 bytes of UTF-8, percent-encoded", "user-42")),
            Map.entry("name", List.of("Name of the schedule, `[A-Za-z0-9._-]{1,64}`", "report")));

    /** The operation that reads its body whatever its type is. */
    private static final String ANY_TYPE = "shouldRateLimit";
    /** The operations that ignore {@code Accept}: their response has the type of the entry, or no body. */
    private static final Set<String> NOT_NEGOTIATED = Set.of("putCacheEntry", "getCacheEntry", "deleteCacheEntry",
            "purgeCache", "authorizeRequest");

    private final ApiSchemas schemas;

    /** Called with the index of the classes that the document is made from. */
    public ApiDescription(IndexView index) {
        schemas = new ApiSchemas(index);
    }

    /** The last call for a document, when all operations and schemas are there. */
    @Override
    public void filterOpenAPI(OpenAPI api) {
        api.setInfo(OASFactory.createInfo().title("Millrace").version("v1").description(DESCRIPTION)
                .license(OASFactory.createLicense().name("Apache-2.0")
                        .url("https://www.apache.org/licenses/LICENSE-2.0")));
        api.setServers(List.of(OASFactory.createServer().url("/").description("The host that serves this document")));
        List<Tag> tags = new ArrayList<>();
        TAGS.forEach((name, description) -> tags.add(OASFactory.createTag().name(name).description(description)));
        api.setTags(tags);
        api.getComponents().addSecurityScheme("apiKey", OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP).scheme("bearer").bearerFormat("mr_<keyId>_<secret>")
                .description("An API key, sent as `Authorization: Bearer mr_<keyId>_<secret>`"));
        api.getComponents().addSecurityScheme("clientCredentials", OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP).scheme("basic")
                .description("Id and secret of an API key, for OAuth libraries; they may also be in the form"));
        api.addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme("apiKey"));
        schemas.complete(api);
    }

    @Override
    public Parameter filterParameter(Parameter parameter) {
        List<String> texts = IN_PATHS.get(parameter.getName());
        if (parameter.getIn() == Parameter.In.PATH && texts != null && parameter.getDescription() == null) {
            parameter.setDescription(texts.get(0));
            parameter.setExample(texts.get(1));
        }
        return parameter;
    }

    @Override
    public Operation filterOperation(Operation operation) {
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        APIResponses responses = operation.getResponses();
        responses.removeAPIResponse("400"); // one the tools made up
        problem(responses, ErrorCode.INVALID_REQUEST, "What is wrong is in `detail` and `violations`");
        boolean isPublic = operation.getSecurity() != null && operation.getSecurity().isEmpty();
        if (!isPublic) {
            problem(responses, ErrorCode.UNAUTHENTICATED, "No valid API key was sent");
            problem(responses, ErrorCode.FORBIDDEN, "The API key lacks the scope");
            problem(responses, ErrorCode.REDIS_UNAVAILABLE,
                    "`redis-unavailable`: Redis does not answer. `overloaded`: too many calls wait, or the body does not fit into memory");
        }
        if (operation.getRequestBody() != null) {
            problem(responses, ErrorCode.TOO_LARGE, "The body is larger than 10 MB");
            if (!ANY_TYPE.equals(operation.getOperationId())) {
                problem(responses, ErrorCode.UNSUPPORTED_MEDIA_TYPE, "`detail` says which `Content-Type` to send");
            }
        }
        if (!NOT_NEGOTIATED.contains(String.valueOf(operation.getOperationId()))) {
            problem(responses, ErrorCode.NOT_ACCEPTABLE, "`Accept` excludes the media type of the response");
        }
        responses.setDefaultValue(OASFactory.createAPIResponse()
                .description("An error of HTTP, such as 408, 414, 417, 431, 501 or 505, or 500 `internal`")
                .content(content()));
        responses.getAPIResponses().forEach((status, response) -> {
            if (status.charAt(0) >= '4' && status.charAt(0) <= '5' && response.getContent() == null) {
                response.setContent(content());
            }
        });
        return operation;
    }

    private static Content content() {
        return OASFactory.createContent().addMediaType(Problem.MEDIA_TYPE, OASFactory.createMediaType()
                .schema(OASFactory.createSchema().ref("#/components/schemas/Problem")));
    }

    private static void problem(APIResponses responses, ErrorCode code, String description) {
        String status = Integer.toString(code.status());
        if (responses.getAPIResponse(status) == null) {
            APIResponse response = OASFactory.createAPIResponse().description(description).content(content());
            responses.addAPIResponse(status, response);
        }
    }
}
