package dev.millrace.cache;

import java.net.URI;
import java.util.EnumSet;
import java.util.Set;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;

import dev.millrace.cache.OriginAnswer.Kind;
import dev.millrace.memory.FairBudget;
import dev.millrace.outbound.AddressGuard;
import dev.millrace.outbound.AddressKind;
import dev.millrace.outbound.NameLookup;
import dev.millrace.outbound.OutboundClient;
import dev.millrace.outbound.OutboundLimits;
import dev.millrace.outbound.OutboundRequest;
import dev.millrace.outbound.OutboundResponse;
import dev.millrace.outbound.TargetHost;

/**
 * Fetches from origins. Sends nothing of the caller's, follows no redirect, reads no more than the bound, and finishes within the
 * time-out, whatever the origin does. Calls private addresses, because origins usually live beside Millrace; but no addresses that
 * no origin has, such as a cloud's metadata service, unless the configuration allows them.
 */
@Singleton
class OriginClient {

    static final String ALLOW_ANY = "millrace.cache.origin.allow-any-address";
    /** Long enough to keep connections between requests. Each request names the address, so none outlives its name's move. */
    static final OutboundLimits LIMITS = OutboundLimits.DEFAULT.withIdle(60).withMaxExchange(25_000);

    private static final Set<AddressKind> REFUSED = EnumSet.of(AddressKind.METADATA, AddressKind.LINK_LOCAL,
            AddressKind.UNSPECIFIED, AddressKind.MULTICAST, AddressKind.BROADCAST, AddressKind.RESERVED);
    private static final int MAX_FIELD = 256;

    private final OutboundClient http;
    private final boolean allowAny;
    private final long timeoutMs;

    @Inject
    OriginClient(Vertx vertx, CacheConfig config) {
        this(new OutboundClient(vertx, new NameLookup(vertx, "millrace-origin-names"), guard(config), LIMITS), config);
    }

    OriginClient(OutboundClient http, CacheConfig config) {
        this.http = http;
        this.allowAny = config.origin().allowAnyAddress();
        this.timeoutMs = config.origin().timeout().toMillis();
    }

    /** Refuses the addresses that no origin has, unless the configuration allows every address. */
    static AddressGuard guard(CacheConfig config) {
        return new AddressGuard(config.origin().allowAnyAddress() ? Set.of() : REFUSED, ALLOW_ANY);
    }

    /**
     * Fetches a URL; never fails.
     *
     * @param etag of the entry at hand, to ask whether it is unchanged; empty for none
     * @param maxBytes of the body as it is sent
     * @param memory from which a large body takes what it needs
     */
    Uni<OriginAnswer> get(URI url, String etag, int maxBytes, FairBudget.Share memory) {
        if (!allowAny && isSpelledOddly(url)) {
            return Uni.createFrom().item(OriginAnswer.failed(0,
                    "its address is not written in the usual way: set " + ALLOW_ANY + " to allow it"));
        }
        OriginBodyLimit limit = new OriginBodyLimit(maxBytes, memory);
        return http
                .send(new OutboundRequest(HttpMethod.GET, url, timeoutMs, fields -> fill(fields, etag), null, limit))
                .map(response -> limit.isOverloaded() ? OriginAnswer.OVERLOADED : answer(response, maxBytes));
    }

    private static boolean isSpelledOddly(URI url) {
        try {
            return !TargetHost.of(url).isSpelledPlainly();
        } catch (IllegalArgumentException e) {
            return false; // the client says so
        }
    }

    private static void fill(MultiMap fields, String etag) {
        fields.set(HttpHeaders.ACCEPT, "*/*").set(HttpHeaders.ACCEPT_ENCODING, "gzip");
        if (!etag.isEmpty()) {
            fields.set(HttpHeaders.IF_NONE_MATCH, etag);
        }
    }

    /** Why a response cannot be used; null if it can. */
    static @Nullable String problem(int status, MultiMap fields) {
        String coding = fields.get(HttpHeaders.CONTENT_ENCODING);
        return switch (status) {
            case 200 -> coding == null || isGzip(coding) || coding.equalsIgnoreCase("identity")
                    ? null
                    : "it answered in the coding " + coding + ", which was not asked for";
            case 304, 404, 410 -> null;
            default -> status >= 300 && status < 400
                    ? "it redirects (" + status + "), which is not followed"
                    : "it answered " + status;
        };
    }

    private static OriginAnswer answer(OutboundResponse response, int maxBytes) {
        int status = response.status();
        String problem = status == 0 ? response.failure() : problem(status, response.fields());
        if (problem != null) {
            return OriginAnswer.failed(status, problem);
        }
        if (!response.whole()) {
            return OriginAnswer.failed(0, response.failure() != null
                    ? response.failure()
                    : "it answered with more than " + maxBytes + " bytes");
        }
        return new OriginAnswer(status == 200 ? Kind.OK : status == 304 ? Kind.UNCHANGED : Kind.NOTHING, status,
                field(response, HttpHeaders.CONTENT_TYPE, "application/octet-stream"),
                isGzip(response.field(HttpHeaders.CONTENT_ENCODING)), field(response, HttpHeaders.ETAG, ""),
                CacheDirectives.parse(response.field(HttpHeaders.CACHE_CONTROL)), age(response), response.body(), null);
    }

    private static boolean isGzip(@Nullable String coding) {
        return "gzip".equalsIgnoreCase(coding);
    }

    private static String field(OutboundResponse response, CharSequence name, String otherwise) {
        String value = response.field(name);
        return value == null || value.length() > MAX_FIELD ? otherwise : value;
    }

    private static long age(OutboundResponse response) {
        String age = response.field(HttpHeaders.AGE);
        return age != null && age.matches("\\d{1,9}") ? Long.parseLong(age) * 1000 : 0;
    }
}
