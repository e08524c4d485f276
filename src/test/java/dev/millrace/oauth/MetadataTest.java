package dev.millrace.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;

import org.jboss.resteasy.reactive.RestResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.http.problem.ApiException;

/** What the metadata of the authorization server names, under which path, and which issuers there may be. */
class MetadataTest {

    private static MetadataResource of(String issuer) {
        return new MetadataResource(() -> Optional.ofNullable(issuer));
    }

    @Test
    void itNamesWhatExists() {
        RestResponse<OAuthMetadata> answer = of("https://auth.example.com").metadata();
        OAuthMetadata metadata = answer.getEntity();
        assertEquals("https://auth.example.com", metadata.issuer());
        assertEquals("https://auth.example.com/v1/oauth/introspect", metadata.introspectionEndpoint());
        assertEquals("https://auth.example.com/v1/oauth/revoke", metadata.revocationEndpoint());
        assertEquals(List.of("client_secret_basic", "client_secret_post"), metadata.introspectionMethods());
        assertEquals(List.of(), metadata.grantTypes());
    }

    @Test
    void anIssuerWithAPathHasItsMetadataUnderThatPath() {
        MetadataResource resource = of("https://example.com/auth");
        assertEquals("https://example.com/auth/v1/oauth/revoke",
                resource.metadataOfPath("auth").getEntity().revocationEndpoint());
        assertEquals("https://example.com/auth", resource.metadata().getEntity().issuer());
        assertThrows(ApiException.class, () -> resource.metadataOfPath("other"));
    }

    @Test
    void withoutAnIssuerThereIsNone() {
        assertThrows(ApiException.class, () -> of(null).metadata());
        assertThrows(ApiException.class, () -> of(null).metadataOfPath("auth"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a.example", "https://a.example/", "https://a.example?x", "https://a.example#x",
            "a.example",
            "https://", "https:///a", "https://u@a.example", "https://a b", ""})
    void noOtherUrlIsAnIssuer(String issuer) {
        assertFalse(MetadataResource.isIssuer(issuer));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://a.example", "https://a.example:8443", "https://a.example/b/c"})
    void httpsUrlsAre(String issuer) {
        assertTrue(MetadataResource.isIssuer(issuer));
    }
}
