package dev.millrace.queue.push;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;

import dev.millrace.outbound.AddressGuard;
import dev.millrace.outbound.AddressKind;
import dev.millrace.outbound.NameLookup;
import dev.millrace.outbound.OutboundClient;
import dev.millrace.outbound.OutboundLimits;
import dev.millrace.outbound.OutboundRequest;
import dev.millrace.outbound.OutboundResponse;
import dev.millrace.outbound.RetryAfter;
import dev.millrace.queue.model.PushTarget;

/**
 * Sends messages to receivers as Standard Webhooks. Calls only addresses of the public internet, unless the configuration allows
 * others. Finishes within the target's time-out, whatever the receiver does.
 */
@Singleton
public class WebhookClient {

    /** The most bytes of an answer that are read; its message counts as taken if there are more. */
    static final int MAX_ANSWER = 64 * 1024;
    /**
     * Connections close after 1 s without use, because many servers close after 2 to 5 s, and a message sent at that moment is lost.
     * They close after 60 s in any case, so that the name is looked up for a new one.
     */
    static final OutboundLimits LIMITS = OutboundLimits.DEFAULT.withConnectTimeout(3000)
            .withConnections(PushTarget.MAX_CONCURRENCY, PushTarget.MAX_CONCURRENCY).withIdle(1).withMaxAge(60_000)
            .withMaxExchange(PushTarget.MAX_TIMEOUT_MS).withMaxHeader(32 * 1024);

    private final OutboundClient http;

    @Inject
    WebhookClient(Vertx vertx, PushConfig config) {
        this(new OutboundClient(vertx, new NameLookup(vertx, "millrace-push-names"), guard(config), LIMITS));
    }

    WebhookClient(OutboundClient http) {
        this.http = http;
    }

    /** Refuses every address that is not public, unless the configuration allows private ones. */
    static AddressGuard guard(PushConfig config) {
        Set<AddressKind> refused = config.allowPrivate()
                ? Set.of()
                : EnumSet.complementOf(EnumSet.of(AddressKind.PUBLIC));
        return new AddressGuard(refused, "millrace.queue.push.allow-private");
    }

    /**
     * Sends a message once; never fails. The caller bounds how many are sent at once.
     *
     * @param id of the message, the same each time it is sent, and of no other message. Of visible ASCII
     * @param body JSON
     * @param headers further header fields; those of Standard Webhooks and of HTTP itself are the client's
     */
    public Uni<Delivery> deliver(PushTarget target, String id, byte[] body, Map<String, String> headers) {
        WebhookMessage message = new WebhookMessage(id, body, headers);
        return http.send(new OutboundRequest(HttpMethod.POST, target.url(), target.timeoutMs(),
                fields -> message.sign(fields, target.secrets()), Buffer.buffer(body), (status, fields) -> MAX_ANSWER))
                .map(response -> delivery(response, target.timeoutMs()));
    }

    /** A status that is a failure says more than that the rest of its answer is missing. */
    private static Delivery delivery(OutboundResponse response, int timeoutMs) {
        int status = response.status();
        boolean failing = status != 0 && (status < 200 || status >= 300);
        if (response.failure() == null || failing) {
            return Delivery.answered(status, RetryAfter.ms(response.field(HttpHeaders.RETRY_AFTER), Instant.now()));
        }
        return Delivery.failed(status,
                response.timedOut() ? "no answer within " + timeoutMs + " ms" : response.failure());
    }
}
