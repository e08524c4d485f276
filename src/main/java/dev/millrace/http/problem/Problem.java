package dev.millrace.http.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** An error as clients see it: {@code application/problem+json} of RFC 9457. */
@RegisterForReflection
@JsonPropertyOrder({"type", "title", "status", "detail", "instance", "code", "violations"})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@Schema(description = "What went wrong (RFC 9457). `code` is stable and may be tested for; see docs/errors.md.")
public final class Problem {

    /** The media type of every error. */
    public static final String MEDIA_TYPE = "application/problem+json";

    @Schema(hidden = true)
    private final ErrorCode error;
    private final int status;
    private final @Nullable String detail;
    private final @Nullable String instance;
    private final List<Violation> violations;
    @Schema(hidden = true)
    private final Map<String, Object> members = new LinkedHashMap<>();

    public Problem(ErrorCode code, @Nullable String detail, @Nullable String instance, List<Violation> violations) {
        this(code, code.status(), detail, instance, violations);
    }

    /** For an answer whose status is not the code's own. */
    public Problem(ErrorCode code, int status, @Nullable String detail, @Nullable String instance,
            List<Violation> violations) {
        this.error = code;
        this.status = status;
        this.detail = detail;
        this.instance = instance;
        this.violations = violations;
    }

    /** Adds an extension member. */
    public Problem with(String name, Object value) {
        members.put(name, value);
        return this;
    }

    @Schema(examples = "urn:millrace:problem:invalid-request")
    public String getType() {
        return error.type();
    }

    @Schema(examples = "The request is not valid")
    public String getTitle() {
        return error.title();
    }

    @Schema(examples = "400")
    public int getStatus() {
        return status;
    }

    @Schema(examples = "cost must be at least 1")
    public @Nullable String getDetail() {
        return detail;
    }

    @Schema(examples = "/v1/ratelimit/login/user-42")
    public @Nullable String getInstance() {
        return instance;
    }

    @Schema(examples = "invalid-request")
    public String getCode() {
        return error.code();
    }

    public List<Violation> getViolations() {
        return violations;
    }

    @JsonAnyGetter
    public Map<String, Object> members() {
        return members;
    }
}
