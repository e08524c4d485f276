package dev.millrace.oauth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.JsonValue;

/**
 * The members of an introspection response that the issuer of a token decides on: those of its claims that are registered for such
 * responses (RFC 7662, section 3.1, and the IANA registry) and have the registered type. What Millrace itself knows of a token is not
 * among them, so no claim overrides {@code active}, {@code sub}, {@code exp}, {@code iat} or {@code token_type}.
 */
@Singleton
class RegisteredClaims {

    private static final String SCOPE = "scope";
    private static final String ISSUER = "iss";
    private static final String NOT_BEFORE = "nbf";

    private static final Map<String, Predicate<JsonNode>> TYPES = types();

    private final ObjectMapper json;
    private final Optional<String> issuer;

    RegisteredClaims(ObjectMapper json, OAuthConfig config) {
        this.json = json;
        this.issuer = config.issuer();
    }

    private static Map<String, Predicate<JsonNode>> types() {
        Map<String, Predicate<JsonNode>> types = new LinkedHashMap<>();
        types.put(SCOPE, node -> node.isTextual() || areStrings(node));
        types.put("client_id", JsonNode::isTextual);
        types.put("username", JsonNode::isTextual);
        // A NumericDate may have a fraction (RFC 7519, section 2).
        types.put(NOT_BEFORE, JsonNode::isNumber);
        types.put("aud", node -> node.isTextual() || areStrings(node));
        types.put(ISSUER, JsonNode::isTextual);
        types.put("jti", JsonNode::isTextual);
        types.put("acr", JsonNode::isTextual);
        types.put("act", JsonNode::isObject);
        types.put("may_act", JsonNode::isObject);
        types.put("cnf", JsonNode::isObject);
        types.put("authorization_details", JsonNode::isArray);
        types.put("permissions", JsonNode::isArray);
        types.put("vot", JsonNode::isTextual);
        types.put("vtm", JsonNode::isTextual);
        return types;
    }

    private static boolean areStrings(JsonNode node) {
        if (!node.isArray()) {
            return false;
        }
        for (JsonNode element : node) {
            if (!element.isTextual()) {
                return false;
            }
        }
        return true;
    }

    /** Returns the registered members of the claims of a token, or of the data of a session, as they were written. */
    Map<String, JsonValue> of(JsonObject claims) {
        try {
            Map<String, JsonValue> given = json.readValue(claims.text(),
                    json.getTypeFactory().constructMapType(LinkedHashMap.class, String.class, JsonValue.class));
            Map<String, JsonValue> found = new LinkedHashMap<>();
            for (Map.Entry<String, Predicate<JsonNode>> type : TYPES.entrySet()) {
                JsonValue value = given.get(type.getKey());
                JsonNode node = value == null ? null : json.readTree(value.text());
                if (value != null && node != null && type.getValue().test(node)) {
                    found.put(type.getKey(), type.getKey().equals(SCOPE) && node.isArray() ? joined(node) : value);
                }
            }
            if (issuer.isPresent() && !found.containsKey(ISSUER)) {
                found.put(ISSUER, new JsonValue(json.writeValueAsString(issuer.get())));
            }
            return found;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The service stores only valid JSON", e);
        }
    }

    /** A scope is one text, its parts separated by blanks (RFC 7662, section 2.2). */
    private JsonValue joined(JsonNode parts) throws JsonProcessingException {
        StringBuilder scope = new StringBuilder();
        parts.forEach(part -> scope.append(scope.isEmpty() ? "" : " ").append(part.textValue()));
        return new JsonValue(json.writeValueAsString(scope.toString()));
    }

    /** Returns whether the claims have a {@code nbf} that is still to come (RFC 7662, section 4). */
    boolean isTooEarly(Map<String, JsonValue> registered) {
        @Nullable
        JsonValue from = registered.get(NOT_BEFORE);
        return from != null && Double.parseDouble(from.text()) > System.currentTimeMillis() / 1000.0;
    }
}
