package dev.millrace.queue.push;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

import dev.millrace.queue.model.WebhookSecret;

/** The message that is sent. */
record WebhookMessage(String id, byte[] body, Map<String, String> headers) {

    /** Sets the header fields of its request, signed for this moment. */
    void sign(MultiMap fields, List<WebhookSecret> secrets) {
        long seconds = Instant.now().getEpochSecond();
        headers.forEach(fields::set);
        fields.set(HttpHeaders.CONTENT_TYPE, "application/json")
                .set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length))
                .set(WebhookSignature.ID, id)
                .set(WebhookSignature.TIMESTAMP, Long.toString(seconds))
                .set(WebhookSignature.SIGNATURE, WebhookSignature.of(secrets, id, seconds, body));
    }
}
