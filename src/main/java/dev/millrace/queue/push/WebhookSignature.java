package dev.millrace.queue.push;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

import dev.millrace.encoding.Digests;
import dev.millrace.queue.model.WebhookSecret;

/**
 * The signature of Standard Webhooks 1.0: {@code v1,} and the base64 HMAC-SHA256 of {@code id.timestamp.body}. With several
 * secrets there are as many signatures, so that receivers can accept the old and the new secret during a rotation.
 */
final class WebhookSignature {

    static final String ID = "webhook-id";
    static final String TIMESTAMP = "webhook-timestamp";
    static final String SIGNATURE = "webhook-signature";

    private WebhookSignature() {}

    /**
     * The value of the header field {@value #SIGNATURE}.
     *
     * @param timestamp seconds since 1970
     */
    static String of(List<WebhookSecret> secrets, String id, long timestamp, byte[] body) {
        byte[] start = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        return secrets.stream().map(secret -> "v1," + sign(secret, start, body)).collect(Collectors.joining(" "));
    }

    private static String sign(WebhookSecret secret, byte[] start, byte[] body) {
        return Base64.getEncoder().encodeToString(Digests.hmacSha256(secret.key(), start, body));
    }
}
