package dev.millrace.http;

import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

import io.quarkus.smallrye.openapi.OpenApiFilter;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Problem;

/**
 * Adds to the OpenAPI document what applies to the whole service, and the errors that every operation has. Runs at build time
 * only: in Quarkus' extension (dev mode, tests) and in the Maven plugin that writes the document of {@link ApiDocument}.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {

    @Override
    public void filterOpenAPI(OpenAPI api) {
        api.setInfo(OASFactory.createInfo().title("Millrace").version("v1")
                .description("Rate limits, sessions, caching, job queues and real-time on Redis, as one small service. "
                        + "Every error is an RFC 9457 problem with a stable `code`.")
                .license(OASFactory.createLicense().name("Apache-2.0")));
        api.getComponents().addSecurityScheme("apiKey", OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP).scheme("bearer").bearerFormat("mr_<keyId>_<secret>")
                .description("An API key, sent as `Authorization: Bearer mr_<keyId>_<secret>`"));
        api.addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme("apiKey"));
    }

    @Override
    public Operation filterOperation(Operation operation) {
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        operation.getResponses().removeAPIResponse("400"); // one the tools made up
        problem(operation, ErrorCode.INVALID_REQUEST, "What is wrong is in `detail` and `violations`");
        problem(operation, ErrorCode.UNAUTHENTICATED, "No valid API key was sent");
        problem(operation, ErrorCode.FORBIDDEN, "The API key lacks the scope");
        problem(operation, ErrorCode.REDIS_UNAVAILABLE, "Redis does not answer, or too many calls wait for it");
        operation.getResponses().getAPIResponses().forEach((status, response) -> {
            if (status.charAt(0) >= '4' && response.getContent() == null) {
                response.setContent(content());
            }
        });
        return operation;
    }

    private static Content content() {
        return OASFactory.createContent().addMediaType(Problem.MEDIA_TYPE, OASFactory.createMediaType()
                .schema(OASFactory.createSchema().ref("#/components/schemas/Problem")));
    }

    private static void problem(Operation operation, ErrorCode code, String description) {
        String status = Integer.toString(code.status());
        if (operation.getResponses().getAPIResponse(status) == null) {
            APIResponse response = OASFactory.createAPIResponse().description(description).content(content());
            operation.getResponses().addAPIResponse(status, response);
        }
    }
}
