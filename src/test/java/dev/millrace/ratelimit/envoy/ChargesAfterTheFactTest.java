package dev.millrace.ratelimit.envoy;

import static dev.millrace.ratelimit.envoy.EnvoyClient.descriptor;
import static dev.millrace.ratelimit.envoy.EnvoyClient.hits;
import static dev.millrace.ratelimit.envoy.EnvoyClient.limit;
import static dev.millrace.ratelimit.envoy.EnvoyClient.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.Code;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.DescriptorStatus;
import dev.millrace.ratelimit.envoy.proto.RateLimitUnit;

/** What a response has used is charged when it has been used, even if it does not fit. */
@QuarkusTest
@TestProfile(EnvoyProfile.class)
class ChargesAfterTheFactTest extends ConnectedEnvoy {

    /** As Envoy reports what a response has used (apply_on_stream_done), which its answer does not change. */
    @Test
    void chargesAfterTheFactCount() {
        for (String algorithm : List.of("llm", "llm-bucket", "llm-counter")) {
            RateLimitDescriptor look = hits(descriptor(algorithm, id), 0);
            int through = 0;
            while (through < 30 && envoy.call("shop", look).getOverallCode() == Code.OK) {
                through++;
                envoy.call("shop", hits(descriptor(algorithm, id), 300));
            }
            assertEquals(4, through, algorithm);
            assertEquals(0, status(envoy.call("shop", look)).getLimitRemaining());
            assertEquals(Code.OVER_LIMIT,
                    envoy.call(request("shop", descriptor(algorithm, id)).setHitsAddend(-1).build()).getOverallCode());
        }
        DescriptorStatus bucket = status(envoy.call("shop", hits(descriptor("llm-bucket", id), 0)));
        assertTrue(bucket.getDurationUntilReset().getSeconds() <= 3604, "paid back within a window");
    }

    @Test
    void aChargeAfterTheFactCountsWhateverTheOthersAre() {
        assertEquals(Code.OVER_LIMIT,
                envoy.call("shop", descriptor("user", "banned"), hits(descriptor("llm", id), 400), user)
                        .getOverallCode());
        assertEquals(600, status(envoy.call("shop", hits(descriptor("llm", id), 0))).getLimitRemaining());
        assertEquals(2, status(envoy.call("shop", user)).getLimitRemaining(), "the ordinary one was not charged");
    }

    @Test
    void aRuleSaysWhetherWhatDoesNotFitIsCharged() {
        RateLimitDescriptor bytes = descriptor("bytes", id);
        assertEquals(5_000_000, status(envoy.call("shop", hits(bytes, 5_000_000))).getLimitRemaining());
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", hits(bytes, 5_000_001)).getOverallCode());
        assertEquals(5_000_000, status(envoy.call("shop", hits(bytes, 0))).getLimitRemaining());
        RateLimitDescriptor counted = descriptor("counted", id);
        assertEquals(Code.OK, envoy.call("shop", counted, counted).getOverallCode());
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", counted).getOverallCode());
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", limit(counted, 2, RateLimitUnit.UNKNOWN)).getOverallCode());
    }

    @Test
    void aDescriptorsAddendHasNoBound() {
        RateLimitDescriptor host = descriptor("host", id + ".example.org");
        assertEquals(Code.OVER_LIMIT, envoy.call(request("shop", hits(host, -1)).build(), OTHER).getOverallCode());
        assertEquals(0, status(envoy.call(request("shop", hits(host, 0)).build(), OTHER)).getLimitRemaining());
    }

    /** Together they are more than one script may write. */
    @Test
    void exactWindowsAreChargedHoweverManyThereAre() {
        RateLimitDescriptor a = descriptor("exact", "a-" + id);
        RateLimitDescriptor b = descriptor("exact", "b-" + id);
        assertEquals(Code.OK, envoy.call("shop", hits(a, 6000), hits(b, 7000)).getOverallCode());
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", hits(a, 6000), hits(b, 6000)).getOverallCode());
        RateLimitResponse look = envoy.call("shop", hits(a, 0), hits(b, 0));
        assertEquals(Code.OVER_LIMIT, look.getOverallCode());
        assertEquals(List.of(0, 0),
                look.getStatusesList().stream().map(DescriptorStatus::getLimitRemaining).toList());
    }
}
