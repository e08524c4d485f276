package dev.millrace.oauth;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonProperty;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The metadata of the authorization server (RFC 8414, section 2). It names only what exists. Two lists are empty and not absent: the first
 * is a required member, and the second would otherwise stand for two grants.
 */
@RegisterForReflection
@Schema(name = "OAuthMetadata")
record OAuthMetadata(@Schema(examples = "https://millrace.example.com") String issuer,
        @JsonProperty("introspection_endpoint") @Schema(examples = "https://millrace.example.com/v1/oauth/introspect") String introspectionEndpoint,
        @JsonProperty("introspection_endpoint_auth_methods_supported") @Schema(examples = "[\"client_secret_basic\",\"client_secret_post\"]") List<String> introspectionMethods,
        @JsonProperty("revocation_endpoint") @Schema(examples = "https://millrace.example.com/v1/oauth/revoke") String revocationEndpoint,
        @JsonProperty("revocation_endpoint_auth_methods_supported") @Schema(examples = "[\"client_secret_basic\",\"client_secret_post\"]") List<String> revocationMethods,
        @JsonProperty("response_types_supported") @Schema(description = "Empty: there is no authorization endpoint", examples = "[]") List<String> responseTypes,
        @JsonProperty("grant_types_supported") @Schema(description = "Empty: there is no token endpoint of OAuth", examples = "[]") List<String> grantTypes) {

    private static final List<String> METHODS = List.of("client_secret_basic", "client_secret_post");

    static OAuthMetadata of(String issuer) {
        return new OAuthMetadata(issuer, issuer + "/v1/oauth/introspect", METHODS, issuer + "/v1/oauth/revoke", METHODS,
                List.of(),
                List.of());
    }
}
