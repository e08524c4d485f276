package dev.millrace.oauth;

import java.util.Map;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.JsonValue;
import dev.millrace.session.Session;
import dev.millrace.user.RecordState;
import dev.millrace.user.StoredRecord;

/** An introspection response (RFC 7662, section 2.2); times in seconds since 1970. For an inactive token, all other fields are absent. */
@RegisterForReflection
@Schema(description = "Also has those members of `claims` or `data` that are registered for such responses and have the registered type", properties = {
        @SchemaProperty(name = "scope", type = SchemaType.STRING, description = "From the claims; a list is joined by blanks", examples = "read write"),
        @SchemaProperty(name = "client_id", type = SchemaType.STRING, description = "From the claims"),
        @SchemaProperty(name = "username", type = SchemaType.STRING, description = "From the claims"),
        @SchemaProperty(name = "nbf", type = SchemaType.INTEGER, description = "From the claims. Before that time the token is inactive"),
        @SchemaProperty(name = "aud", description = "From the claims, a text or a list of texts"),
        @SchemaProperty(name = "iss", type = SchemaType.STRING, description = "From the claims, or `millrace.oauth.issuer`")})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Introspection(boolean active,
        @JsonProperty("token_type") @Schema(description = "`session` or `refresh_token`", examples = "session") @Nullable String tokenType,
        @Schema(description = "The user", examples = "user-42") @Nullable String sub,
        @Schema(description = "The session's id; for sessions only", examples = "Xb3vK9wQm2Tz7LpR4sHd") @Nullable String sid,
        @Schema(description = "The refresh token's family; for refresh tokens only") @Nullable String family,
        @Schema(description = "When the session or the family began", examples = "1795535997") @Nullable Long iat,
        @Schema(description = "When it expires unless it is used", examples = "1795537797") @Nullable Long exp,
        @JsonProperty("auth_time") @Schema(examples = "1795535997") @Nullable Long authTime,
        @Schema(description = "The session's data; for sessions only") @Nullable JsonObject data,
        @Schema(description = "The family's claims; for refresh tokens only") @Nullable JsonObject claims,
        @JsonAnyGetter @Schema(hidden = true) Map<String, JsonValue> registered) {

    private static final Introspection INACTIVE = new Introspection(false, null, null, null, null, null, null, null,
            null, null, Map.of());

    /** The response for a token that is not valid. */
    static Introspection inactive() {
        return INACTIVE;
    }

    static Introspection ofSession(StoredRecord s, Map<String, JsonValue> registered) {
        RecordState state = s.state();
        return new Introspection(true, "session", s.user(), s.id(), null, state.created() / 1000, state.endsAt() / 1000,
                Session.authMs(state) / 1000, new JsonObject(s.data()), null, registered);
    }

    static Introspection ofFamily(StoredRecord s, Map<String, JsonValue> registered) {
        return new Introspection(true, "refresh_token", s.user(), null, s.id(), s.state().created() / 1000,
                s.state().endsAt() / 1000, null, null, new JsonObject(s.data()), registered);
    }
}
