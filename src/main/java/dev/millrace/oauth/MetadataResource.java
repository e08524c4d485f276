package dev.millrace.oauth;

import java.net.URI;
import java.net.URISyntaxException;

import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.common.annotation.NonBlocking;

import dev.millrace.auth.ForAnyone;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/** Names the endpoints for OAuth libraries (RFC 8414). Public, because it holds no secret and libraries send no credentials. */
@Path("/.well-known/oauth-authorization-server")
@Produces(MediaType.APPLICATION_JSON)
@ForAnyone
@NonBlocking
@Tag(name = "OAuth")
public class MetadataResource {

    private static final String FOR_AN_HOUR = "public, max-age=3600";

    private final OAuthConfig config;

    MetadataResource(OAuthConfig config) {
        this.config = config;
    }

    /** Runs early, so that an invalid configuration is reported before anything connects. */
    void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent event) {
        if (config.issuer().isPresent() && !isIssuer(config.issuer().get())) {
            throw new ConfigurationException(
                    "millrace.oauth.issuer must be an https URL without a query, a fragment and a slash at its end");
        }
    }

    @GET
    @SecurityRequirements
    @Operation(operationId = "oauthMetadata", summary = "Name the OAuth endpoints", description = "RFC 8414. Needs no API key. Served once `millrace.oauth.issuer` is set.")
    @APIResponse(responseCode = "200", description = "The metadata", content = @Content(schema = @Schema(implementation = OAuthMetadata.class)))
    @APIResponse(responseCode = "404", description = "`millrace.oauth.issuer` is not set")
    public RestResponse<OAuthMetadata> metadata() {
        return answer("");
    }

    @GET
    @Path("{path:.+}")
    @SecurityRequirements
    @Operation(operationId = "oauthMetadataOfPath", summary = "Name the OAuth endpoints of an issuer with a path", description = "RFC 8414, section 3.1: the path of the issuer follows the well-known one.")
    @APIResponse(responseCode = "200", description = "The metadata", content = @Content(schema = @Schema(implementation = OAuthMetadata.class)))
    @APIResponse(responseCode = "404", description = "`millrace.oauth.issuer` is not set, or has another path")
    public RestResponse<OAuthMetadata> metadataOfPath(
            @Parameter(description = "The path of the issuer", example = "auth") @PathParam("path") String path) {
        return answer('/' + path);
    }

    /** Whether a text is the URL of an issuer (RFC 8414, section 2). */
    static boolean isIssuer(String text) {
        try {
            URI uri = new URI(text);
            return "https".equals(uri.getScheme()) && uri.getHost() != null && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null && uri.getRawFragment() == null && !text.endsWith("/");
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private RestResponse<OAuthMetadata> answer(String path) {
        String issuer = config.issuer()
                .orElseThrow(
                        () -> new ApiException(ErrorCode.NOT_FOUND, "The operator has not set millrace.oauth.issuer"));
        if (!path.isEmpty() && !path.equals(URI.create(issuer).getPath())) {
            throw new ApiException(ErrorCode.NOT_FOUND, "This is not the path of the issuer");
        }
        return ResponseBuilder.ok(OAuthMetadata.of(issuer), MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, FOR_AN_HOUR).build();
    }
}
