package dev.millrace.queue.model;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.Violation;
import dev.millrace.outbound.TargetHost;

/**
 * The receiver of a queue's jobs, as written in requests and stored in Redis. It contains the secret in clear, so it is never
 * returned to clients.
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "QueuePush")
public record PushDefinition(
        @Schema(description = "The http or https URL that jobs are posted to", examples = "https://worker.example.com/jobs", required = true) @Nullable String url,
        @Schema(description = "Maximum time of a delivery, 1 s to 60 s; default 15s", type = SchemaType.STRING, examples = "15s") @Nullable Duration timeout,
        @Schema(description = "Maximum number of deliveries at once, 1 to 1000; default 10", examples = "10") @Nullable Integer concurrency,
        @Schema(description = "The secret that jobs are signed with: whsec_ and base64 of 24 to 64 bytes. During a rotation, send both secrets, separated by a space. Responses never contain it", examples = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", required = true) @Nullable String secret) {

    private static final int MAX_URL = 2048;
    private static final int MAX_SECRETS = 5;

    /** Checks all fields; returns no violations if it is valid. */
    public List<Violation> violations() {
        List<Violation> found = new ArrayList<>();
        String problem = url == null ? "must be given" : urlProblem(url);
        if (problem != null) {
            found.add(new Violation("url", problem));
        }
        if (timeout != null && (timeout.compareTo(Duration.ofMillis(PushTarget.MIN_TIMEOUT_MS)) < 0
                || timeout.compareTo(Duration.ofMillis(PushTarget.MAX_TIMEOUT_MS)) > 0)) {
            found.add(new Violation("timeout", "must be between 1 s and 60 s"));
        }
        if (concurrency != null && (concurrency < 1 || concurrency > PushTarget.MAX_CONCURRENCY)) {
            found.add(new Violation("concurrency", "must be between 1 and " + PushTarget.MAX_CONCURRENCY));
        }
        problem = secret == null ? "must be given" : secretProblem(secret);
        if (problem != null) {
            found.add(new Violation("secret", problem));
        }
        return found;
    }

    /** The target that it defines. Requires that it has no violations. */
    public PushTarget toTarget() {
        return new PushTarget(URI.create(requireNonNull(url)),
                timeout == null ? PushTarget.DEFAULT_TIMEOUT_MS : (int) timeout.toMillis(),
                concurrency == null ? PushTarget.DEFAULT_CONCURRENCY : concurrency, secrets(requireNonNull(secret)));
    }

    private static @Nullable String urlProblem(String url) {
        if (url.length() > MAX_URL) {
            return "must have at most " + MAX_URL + " characters";
        }
        try {
            URI uri = new URI(url);
            return TargetHost.isIn(uri) && uri.getRawFragment() == null ? null : TargetHost.PROBLEM;
        } catch (URISyntaxException e) {
            return TargetHost.PROBLEM;
        }
    }

    private static @Nullable String secretProblem(String secret) {
        try {
            return secrets(secret).size() > MAX_SECRETS ? "must be at most " + MAX_SECRETS : null;
        } catch (IllegalArgumentException e) {
            return WebhookSecret.PROBLEM;
        }
    }

    private static List<WebhookSecret> secrets(String secret) {
        return Arrays.stream(secret.strip().split(" +")).map(WebhookSecret::parse).toList();
    }

    @Override
    public String toString() {
        return "PushDefinition";
    }
}
