package dev.millrace.session;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.json.JsonObject;

/** The device of a session, by which the user recognizes the session. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Device(
        @Schema(description = "At most 2,048 characters", examples = "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0") String userAgent,
        @Schema(description = "At most 64 characters", examples = "203.0.113.7") String ipAddress) {
    /** Returns the JSON that Redis holds. */
    JsonObject toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (userAgent != null) {
            json.put("userAgent", userAgent);
        }
        if (ipAddress != null) {
            json.put("ipAddress", ipAddress);
        }
        return new JsonObject(json.toString());
    }
}
