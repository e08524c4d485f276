package dev.millrace.queue.push;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;

import dev.millrace.queue.model.WebhookSecret;

/** What is sent. */
record WebhookMessage(String id, byte[] body, Map<String, String> headers) {

    /** Fills the head of a request, signed for this moment. */
    void head(HttpClientRequest request, List<WebhookSecret> secrets) {
        long seconds = Instant.now().getEpochSecond();
        headers.forEach(request::putHeader);
        request.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").putHeader(HttpHeaders.USER_AGENT, "millrace")
                .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length))
                .putHeader(WebhookSignature.ID, id)
                .putHeader(WebhookSignature.TIMESTAMP, Long.toString(seconds))
                .putHeader(WebhookSignature.SIGNATURE, WebhookSignature.of(secrets, id, seconds, body));
    }
}
