package dev.millrace.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

import dev.millrace.Api;
import dev.millrace.ratelimit.envoy.EnvoyProfile;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor.Entry;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;

/** A client may give up on a call at any time. The other calls on its connection do not notice. */
@QuarkusTest
@TestProfile(EnvoyProfile.class)
class ResetStreamTest {

    private static final int CALLS = 2000;
    private static final String KEY = "Bearer " + Api.LIMITER;

    @TestHTTPResource("/")
    URI service;

    private final Random random = new Random(12);

    @Test
    void cancelledGrpcCallsLeaveTheOthersAlone() {
        byte[] request = RateLimitRequest.newBuilder().setDomain("shop")
                .addDescriptors(RateLimitDescriptor.newBuilder()
                        .addEntries(Entry.newBuilder().setKey("user").setValue("reset")))
                .build().toByteArray();

        Map<String, Integer> outcomes = callsOfWhichHalfAreReset(
                http2 -> http2.grpc("/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit", request,
                        "authorization", KEY),
                "grpc-status");

        assertEquals(Map.of("0", CALLS / 2), outcomes);
    }

    @Test
    void cancelledRequestsOfTheFastPathLeaveTheOthersAlone() {
        String path = "/v1/ratelimit/" + Api.policy("fixed-window", 1_000_000) + "/reset";

        assertEquals(Map.of("200", CALLS / 2), callsOfWhichHalfAreReset(post(path), ":status"));
    }

    @Test
    void cancelledRequestsOfTheRestLayerLeaveTheOthersAlone() {
        // The gate of the fast path declines a query.
        String path = "/v1/ratelimit/" + Api.policy("fixed-window", 1_000_000) + "/reset?cost=1";

        assertEquals(Map.of("200", CALLS / 2), callsOfWhichHalfAreReset(post(path), ":status"));
    }

    private static Function<RawHttp2, RawHttp2.Stream> post(String path) {
        return http2 -> http2.request(true, ":method", "POST", ":scheme", "http", ":path", path, ":authority",
                "localhost", "authorization", KEY);
    }

    /** Makes the calls on one connection, resets every other at a random time, and counts the outcomes of the rest. */
    private Map<String, Integer> callsOfWhichHalfAreReset(Function<RawHttp2, RawHttp2.Stream> call, String outcome) {
        try (RawHttp2 http2 = new RawHttp2(service).read()) {
            Semaphore places = new Semaphore(80);
            List<RawHttp2.Stream> kept = new ArrayList<>();
            List<RawHttp2.Stream> doomed = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                places.acquireUninterruptibly();
                RawHttp2.Stream stream = call.apply(http2);
                if (i % 2 == 0) {
                    stream.end.thenRun(places::release);
                    kept.add(stream);
                } else {
                    doomed.add(stream);
                }
                for (Iterator<RawHttp2.Stream> each = doomed.iterator(); each.hasNext();) {
                    RawHttp2.Stream next = each.next();
                    if (random.nextInt(3) == 0) {
                        http2.reset(next, RawHttp2.CANCEL);
                        places.release();
                        each.remove();
                    }
                }
            }
            Map<String, Integer> outcomes = new HashMap<>();
            kept.forEach(stream -> outcomes.merge(String.valueOf(stream.await().field(outcome)), 1, Integer::sum));
            assertFalse(http2.goAway.isDone(), () -> "GOAWAY " + http2.goAway.join());
            assertFalse(http2.closed.isDone());
            return outcomes;
        }
    }
}
