package dev.millrace.oauth;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonProperty;

import dev.millrace.http.problem.ApiException;

/**
 * The body of an OAuth request (RFC 6749, appendix B). Parsed here and not by the REST layer, which never responds to a form with bad
 * percent-encoding, and silently uses one of two tokens.
 */
@Schema(name = "OAuthForm")
record OAuthForm(@Schema(required = true, examples = "r1.0.kPq3vK9wQm2Tz7LpR4sH.uZ8...") @Nullable String token,
        @JsonProperty(HINT) @Schema(description = "Not needed", examples = "refresh_token") @Nullable String hint,
        @JsonProperty(CLIENT_ID) @Schema(description = "Id of the API key, if no header field has it", examples = "backend") @Nullable String clientId,
        @JsonProperty(CLIENT_SECRET) @Schema(description = "The API key or its secret", examples = "mr_backend_<secret>") @Nullable String clientSecret) {

    private static final String TOKEN = "token";
    private static final String HINT = "token_type_hint";
    private static final String CLIENT_ID = "client_id";
    private static final String CLIENT_SECRET = "client_secret";
    private static final Set<String> KNOWN = Set.of(TOKEN, HINT, CLIENT_ID, CLIENT_SECRET);

    /** Parses a body. Absent fields are null, and unknown fields are ignored (RFC 7662, section 2.1). */
    static OAuthForm parse(String body) {
        Map<String, String> fields = new HashMap<>();
        for (String field : body == null ? new String[0] : body.split("&")) {
            int equals = field.indexOf('=');
            String name = decode(equals < 0 ? field : field.substring(0, equals));
            String value = equals < 0 ? "" : decode(field.substring(equals + 1));
            if (KNOWN.contains(name) && fields.put(name, value) != null) {
                throw ApiException.invalid(name, "must be given once");
            }
        }
        return new OAuthForm(fields.get(TOKEN), fields.get(HINT), fields.get(CLIENT_ID), fields.get(CLIENT_SECRET));
    }

    /** Returns the token; fails with 400 if there is none. */
    String requireToken() {
        if (token == null || token.isEmpty()) {
            throw ApiException.invalid(TOKEN, "must be given");
        }
        return token;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid("", "The form is not properly percent-encoded");
        }
    }

    /** Omits the token and the secret, which must not be printed. */
    @Override
    public String toString() {
        return "OAuthForm";
    }
}
