package dev.millrace.cache;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
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
import dev.millrace.cache.OriginAnswer.Times;
import dev.millrace.encoding.MediaTypes;
import dev.millrace.memory.FairBudget;
import dev.millrace.outbound.AddressGuard;
import dev.millrace.outbound.AddressKind;
import dev.millrace.outbound.NameLookup;
import dev.millrace.outbound.OutboundClient;
import dev.millrace.outbound.OutboundLimits;
import dev.millrace.outbound.OutboundRequest;
import dev.millrace.outbound.OutboundResponse;
import dev.millrace.outbound.RetryAfter;
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
     * @param validators tag and Last-Modified of the entry at hand, to ask whether it is unchanged; empty for none
     * @param forwarded header fields of the caller
     * @param maxBytes of the body as it is sent
     * @param memory from which a large body takes what it needs
     */
    Uni<OriginAnswer> get(URI url, String validators, Map<String, String> forwarded, int maxBytes,
            FairBudget.Share memory) {
        if (!allowAny && isSpelledOddly(url)) {
            return Uni.createFrom().item(OriginAnswer.failed(0,
                    "its address is not written in the usual way: set " + ALLOW_ANY + " to allow it",
                    RetryAfter.NONE));
        }
        OriginBodyLimit limit = new OriginBodyLimit(maxBytes, memory);
        long requestedAt = System.currentTimeMillis();
        return http
                .send(new OutboundRequest(HttpMethod.GET, url, timeoutMs, fields -> fill(fields, validators, forwarded),
                        null,
                        limit))
                .map(response -> limit.isOverloaded()
                        ? OriginAnswer.OVERLOADED
                        : answer(url, response, maxBytes, new Times(requestedAt, System.currentTimeMillis())));
    }

    private static boolean isSpelledOddly(URI url) {
        try {
            return !TargetHost.of(url).isSpelledPlainly();
        } catch (IllegalArgumentException e) {
            return false; // the client says so
        }
    }

    private static void fill(MultiMap fields, String validators, Map<String, String> forwarded) {
        fields.set(HttpHeaders.ACCEPT, "*/*").set(HttpHeaders.ACCEPT_ENCODING, "gzip");
        forwarded.forEach((name, value) -> fields.set(name, value));
        int line = validators.indexOf('\n');
        String etag = line < 0 ? validators : validators.substring(0, line);
        if (!etag.isEmpty()) {
            fields.set(HttpHeaders.IF_NONE_MATCH, etag);
        }
        if (line >= 0) {
            fields.set(HttpHeaders.IF_MODIFIED_SINCE, validators.substring(line + 1));
        }
    }

    /** Why a response cannot be used; null if it can. */
    static @Nullable String problem(int status, MultiMap fields) {
        if (Kind.of(status) == Kind.FAILED) {
            return "it answered " + status;
        }
        String coding = coding(fields);
        return coding.isEmpty() || BodyCoding.isGzip(coding)
                ? null
                : "it answered in the coding " + coding + ", which was not asked for";
    }

    /** Returns the codings of a body, without those that change nothing; empty for none. */
    private static String coding(MultiMap fields) {
        List<String> codings = new ArrayList<>();
        for (String line : fields.getAll(HttpHeaders.CONTENT_ENCODING)) {
            for (String coding : line.split(",")) {
                if (!coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
                    codings.add(coding.strip());
                }
            }
        }
        return String.join(", ", codings);
    }

    private static OriginAnswer answer(URI url, OutboundResponse response, int maxBytes, Times times) {
        int status = response.status();
        MultiMap fields = response.fields();
        long retryAfter = RetryAfter.ms(fields.get(HttpHeaders.RETRY_AFTER), Instant.ofEpochMilli(times.receivedAt()));
        String problem = status == 0 ? response.failure() : problem(status, fields);
        if (problem != null) {
            return OriginAnswer.failed(status, problem, retryAfter);
        }
        Kind kind = Kind.of(status);
        StoredHead head = StoredHead.of(status, fields).withLocationOf(url);
        if (kind == Kind.LIMITED) {
            return OriginAnswer.without(kind, head, retryAfter, null);
        }
        if (!response.whole()) {
            return OriginAnswer.failed(0, response.failure() != null
                    ? response.failure()
                    : "it answered with more than " + maxBytes + " bytes", retryAfter);
        }
        List<String> types = fields.getAll(HttpHeaders.CONTENT_TYPE);
        String type = types.size() == 1 ? MediaTypes.orOctets(types.get(0)) : MediaTypes.OCTETS;
        // A 304 changes the type only if it says so, and no body has one.
        boolean typed = kind != Kind.UNCHANGED || types.size() == 1 && MediaTypes.isMediaType(types.get(0));
        boolean gzip = !coding(fields).isEmpty() && response.body().length() > 0;
        return new OriginAnswer(kind, head, typed ? type : "", gzip, fields.getAll(HttpHeaders.AGE), times, retryAfter,
                response.body(), null);
    }
}
