package dev.millrace.ratelimit.envoy;

import static dev.millrace.ratelimit.envoy.EnvoyClient.descriptor;
import static dev.millrace.ratelimit.envoy.EnvoyClient.hits;
import static dev.millrace.ratelimit.envoy.EnvoyClient.limit;
import static dev.millrace.ratelimit.envoy.EnvoyClient.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

import dev.millrace.Api;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.Code;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.DescriptorStatus;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.RateLimit;
import dev.millrace.ratelimit.envoy.proto.RateLimitUnit;

@QuarkusTest
@TestProfile(EnvoyProfile.class)
class RateLimitGrpcServiceTest extends ConnectedEnvoy {

    @Test
    void deniesTheFirstRequestBeyondTheLimit() {
        for (int remaining = 2; remaining >= 0; remaining--) {
            RateLimitResponse response = envoy.call("shop", user);
            assertEquals(Code.OK, response.getOverallCode());
            DescriptorStatus status = response.getStatuses(0);
            assertEquals(Code.OK, status.getCode());
            assertEquals(remaining, status.getLimitRemaining());
            assertEquals(RateLimit.newBuilder().setRequestsPerUnit(3).setUnit(RateLimit.Unit.HOUR).setName("per-user")
                    .build(), status.getCurrentLimit());
        }
        RateLimitResponse denied = envoy.call("shop", user);
        assertEquals(Code.OVER_LIMIT, denied.getOverallCode());
        assertEquals(Code.OVER_LIMIT, denied.getStatuses(0).getCode());
        assertEquals(0, denied.getStatuses(0).getLimitRemaining());
        long reset = denied.getStatuses(0).getDurationUntilReset().getSeconds();
        assertTrue(reset > 3000 && reset <= 3600, () -> "reset in " + reset + " s");
    }

    @Test
    void admitsExactlyTheLimitUnderParallelRequests() throws Exception {
        List<Future<RateLimitResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(envoy.async().shouldRateLimit(request("shop", descriptor("ip", id)).build()));
        }
        int admitted = 0;
        for (Future<RateLimitResponse> call : calls) {
            admitted += call.get(30, TimeUnit.SECONDS).getOverallCode() == Code.OK ? 1 : 0;
        }
        assertEquals(50, admitted);
    }

    @Test
    void statusesAreInTheOrderOfTheDescriptors() {
        RateLimitResponse response = envoy.call("shop", descriptor("ip", id), descriptor("nobody", "knows"), user,
                descriptor("user", "banned"), descriptor("status", "404"));
        assertEquals(List.of(Code.OK, Code.OK, Code.OK, Code.OVER_LIMIT, Code.OK),
                response.getStatusesList().stream().map(DescriptorStatus::getCode).toList());
        assertEquals(List.of(50, 0, 3, 0, 7), response.getStatusesList().stream()
                .map(s -> s.getCurrentLimit().getRequestsPerUnit()).toList());
        assertEquals(List.of(RateLimit.Unit.WEEK, RateLimit.Unit.UNKNOWN, RateLimit.Unit.HOUR, RateLimit.Unit.SECOND,
                RateLimit.Unit.MONTH),
                response.getStatusesList().stream().map(s -> s.getCurrentLimit().getUnit()).toList());
        assertFalse(response.getStatuses(1).hasCurrentLimit());
        assertEquals(Code.OVER_LIMIT, response.getOverallCode());
    }

    @Test
    void chargesAllDescriptorsOrNone() {
        RateLimitDescriptor ip = descriptor("ip", id);
        for (int i = 0; i < 3; i++) {
            assertEquals(Code.OK, envoy.call("shop", user, ip).getOverallCode());
        }
        RateLimitResponse denied = envoy.call("shop", user, ip);
        assertEquals(Code.OVER_LIMIT, denied.getStatuses(0).getCode());
        assertEquals(Code.OK, denied.getStatuses(1).getCode());
        assertEquals(46, envoy.call("shop", ip).getStatuses(0).getLimitRemaining(), "the denied request cost nothing");
    }

    @Test
    void chargesTheSameLimitTwiceInOneRequestOrNotAtAll() {
        assertEquals(Code.OK, envoy.call("shop", user, user).getOverallCode());
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", user, user).getOverallCode());
        assertEquals(Code.OK, envoy.call("shop", user).getOverallCode());
    }

    @Test
    void chargesTheAddend() {
        assertEquals(1, status(envoy.call(request("shop", user).setHitsAddend(2).build())).getLimitRemaining());
        assertEquals(0, status(envoy.call(request("shop", user).setHitsAddend(0).build())).getLimitRemaining());
    }

    /** As Envoy's own service: any backend that has some left serves the request. */
    @Test
    void ofRulesWithAQuotaOneIsEnough() {
        RateLimitDescriptor[] both = {descriptor("backend", "cheap-" + id), descriptor("backend", "dear-" + id), user};
        RateLimitResponse first = envoy.call(request("shop", both).build());
        assertEquals(Code.OK, first.getOverallCode());
        assertEquals("cheap", first.getDynamicMetadata().getFieldsOrThrow("service").getStringValue());
        assertEquals("x", first.getDynamicMetadata().getFieldsOrThrow("zone").getStringValue());
        assertFalse(first.getDynamicMetadata().containsFields("quotaModeViolations"));
        RateLimitResponse second = envoy.call(request("shop", both).build());
        assertEquals(Code.OK, second.getOverallCode());
        assertEquals(List.of(Code.OVER_LIMIT, Code.OK, Code.OK),
                second.getStatusesList().stream().map(DescriptorStatus::getCode).toList());
        assertEquals("dear", second.getDynamicMetadata().getFieldsOrThrow("service").getStringValue());
        assertEquals(List.of(0.0), second.getDynamicMetadata().getFieldsOrThrow("quotaModeViolations").getListValue()
                .getValuesList().stream().map(value -> value.getNumberValue()).toList());
        RateLimitResponse third = envoy.call(request("shop", both).build());
        assertEquals(Code.OVER_LIMIT, third.getOverallCode());
        assertFalse(third.getDynamicMetadata().containsFields("service"));
        assertEquals(0, status(envoy.call("shop", user)).getLimitRemaining(), "a denied request costs nothing");
    }

    @Test
    void aWildcardMayBeAnywhere() {
        RateLimitDescriptor one = descriptor("host", "a.example.org");
        RateLimitDescriptor other = descriptor("host", "b.example.com");
        int before = status(envoy.call("shop", hits(one, 0))).getLimitRemaining();
        assertEquals(before - 1, status(envoy.call("shop", other)).getLimitRemaining(), "they share one count");
        assertFalse(status(envoy.call("shop", descriptor("host", "example.org"))).hasCurrentLimit());
    }

    @Test
    void aDescriptorsAddendWinsAndZeroOnlyLooks() {
        RateLimitDescriptor ip = descriptor("ip", id);
        RateLimitResponse response = envoy.call(
                request("shop", hits(user, 0), hits(ip, 20), descriptor("status", "404")).setHitsAddend(1).build());
        assertEquals(3, response.getStatuses(0).getLimitRemaining());
        assertEquals(30, response.getStatuses(1).getLimitRemaining());
        assertEquals(3, status(envoy.call("shop", hits(user, 0))).getLimitRemaining());
        assertEquals(0, status(envoy.call("shop", hits(user, 3))).getLimitRemaining());
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", hits(user, 0)).getOverallCode(), "a look sees no room");
    }

    @Test
    void aRequestMayBringItsOwnLimit() {
        RateLimitDescriptor hourly = limit(user, 1, RateLimitUnit.HOUR);
        assertEquals(RateLimit.newBuilder().setRequestsPerUnit(1).setUnit(RateLimit.Unit.HOUR).build(),
                status(envoy.call("shop", hourly)).getCurrentLimit());
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", hourly).getOverallCode());
        assertEquals(Code.OK, envoy.call("shop", limit(user, 2, RateLimitUnit.HOUR)).getOverallCode(),
                "raised, with the same count");
        assertEquals(Code.OK, envoy.call("shop", limit(user, 1, RateLimitUnit.DAY)).getOverallCode());
        assertEquals(2, status(envoy.call("shop", user)).getLimitRemaining(), "the configured one counts apart");
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", limit(user, 0, RateLimitUnit.DAY)).getOverallCode());
        assertFalse(status(envoy.call("unknown", hourly)).hasCurrentLimit());
    }

    @Test
    void whatHasNoRuleIsOk() {
        for (RateLimitDescriptor free : List.of(descriptor("nobody", id), descriptor(),
                descriptor("tenant", id), descriptor("user", id, "action", "write"),
                descriptor("user", "vip", "a", "b"),
                descriptor("tenant", id, "action", "write", "more", "1"))) {
            RateLimitResponse response = envoy.call("shop", free);
            assertEquals(DescriptorStatus.newBuilder().setCode(Code.OK).build(), status(response), free::toString);
            assertEquals(Code.OK, response.getOverallCode());
        }
        assertEquals(Code.OK, envoy.call("unknown", user).getOverallCode());
        assertEquals(DescriptorStatus.newBuilder().setCode(Code.OK).setLimitRemaining(-1).build(),
                status(envoy.call("shop", descriptor("user", "vip"))), "unlimited");
    }

    @Test
    void aBadDescriptorDoesNotFailItsRequest() {
        for (RateLimitDescriptor bad : List.of(limit(user, 1, RateLimitUnit.UNKNOWN),
                RateLimitDescriptor.newBuilder(user).setLimit(
                        RateLimitDescriptor.RateLimitOverride.newBuilder().setRequestsPerUnit(1).setUnitValue(99))
                        .build())) {
            RateLimitResponse response = envoy.call("shop", bad, descriptor("ip", id));
            assertEquals(Code.OK, response.getOverallCode());
            assertEquals("per-user", response.getStatuses(0).getCurrentLimit().getName(),
                    "the configured rule applies");
            assertEquals(50, response.getStatuses(1).getCurrentLimit().getRequestsPerUnit());
        }
        DescriptorStatus most = status(envoy.call("shop", limit(user, -1, RateLimitUnit.HOUR)));
        assertEquals(-1, most.getCurrentLimit().getRequestsPerUnit());
        assertEquals(-2, most.getLimitRemaining());
    }

    @Test
    void aRuleOfNothingAlwaysDenies() {
        RateLimitResponse response = envoy.call("shop", descriptor("user", "banned"), descriptor("ip", id));
        assertEquals(Code.OVER_LIMIT, response.getOverallCode());
        assertEquals(49, status(envoy.call("shop", descriptor("ip", id))).getLimitRemaining());
    }

    @Test
    void aRuleReplacesThoseItNames() {
        RateLimitResponse response = envoy.call("shop", user, descriptor("plan", "gold"));
        assertFalse(response.getStatuses(0).hasCurrentLimit());
        assertEquals(10, response.getStatuses(1).getCurrentLimit().getRequestsPerUnit());
        assertEquals(2, status(envoy.call("shop", user)).getLimitRemaining(), "the replaced rule was not charged");
    }

    @Test
    void shadowModeNeverDenies() {
        RateLimitDescriptor trial = descriptor("trial", id);
        assertEquals(Code.OK, envoy.call("shop", trial).getOverallCode());
        RateLimitResponse over = envoy.call("shop", trial, user);
        assertEquals(Code.OK, over.getOverallCode());
        assertEquals(Code.OK, over.getStatuses(0).getCode());
        assertEquals(0, over.getStatuses(0).getLimitRemaining());
        assertEquals(2, over.getStatuses(1).getLimitRemaining(), "its denial does not hold the others back");
    }

    @Test
    void aWildcardCountsEachValueOrAllTogether() {
        RateLimitDescriptor api = descriptor("path", "/api/" + id);
        assertEquals(1, status(envoy.call("shop", api)).getLimitRemaining());
        assertEquals(1, status(envoy.call("shop", descriptor("path", "/api/" + id + "/2"))).getLimitRemaining());
        assertEquals(0, status(envoy.call("shop", api)).getLimitRemaining());
        assertEquals(Code.OVER_LIMIT, envoy.call("shop", api).getOverallCode());
        assertFalse(status(envoy.call("shop", descriptor("path", "/apis"))).hasCurrentLimit());

        RateLimitRequest shared = request("shop", descriptor("path", "/static/a")).build();
        assertEquals(Code.OK, envoy.call(shared, OTHER).getOverallCode());
        assertEquals(Code.OK, envoy.call(request("shop", descriptor("path", "/static/b")).build(),
                OTHER).getOverallCode());
        assertEquals(Code.OVER_LIMIT, envoy.call(shared, OTHER).getOverallCode());
    }

    @Test
    void theMoreSpecificOfNestedRulesApplies() {
        assertEquals(RateLimit.Unit.YEAR,
                status(envoy.call("shop", descriptor("tenant", id, "action", "write"))).getCurrentLimit().getUnit());
        assertEquals(Code.OVER_LIMIT,
                envoy.call("shop", descriptor("tenant", id, "action", "write")).getOverallCode());
        assertEquals(99, status(envoy.call("shop", descriptor("tenant", id, "action", "read"))).getLimitRemaining());
        assertEquals(Code.OK, envoy.call("shop", descriptor("tenant", id + "2", "action", "write")).getOverallCode());
    }

    @Test
    void anyWindowAndAlgorithm() {
        DescriptorStatus status = status(envoy.call("shop", descriptor("tokens", id)));
        assertEquals(RateLimit.newBuilder().setRequestsPerUnit(10).build(), status.getCurrentLimit());
        assertEquals(19, status.getLimitRemaining());
        assertEquals(90, status.getDurationUntilReset().getSeconds());
    }

    @Test
    void unfitValuesAreCountedToo() {
        for (String value : List.of("x".repeat(2000) + id, "\0" + id, "{}:%/=;\\" + id, "ü€😀" + id, " " + id)) {
            assertEquals(2, status(envoy.call("shop", descriptor("user", value))).getLimitRemaining());
            assertEquals(1, status(envoy.call("shop", descriptor("user", value))).getLimitRemaining());
        }
    }

    @Test
    void badRequestsAreInvalidArguments() {
        List<RateLimitDescriptor> many = Collections.nCopies(EnvoyRateLimits.MAX_DESCRIPTORS + 1, user);
        for (RateLimitRequest bad : List.of(request("", user).build(), request("shop").build(),
                request("shop").addAllDescriptors(many).build())) {
            assertEquals(Status.Code.INVALID_ARGUMENT, refusal(bad, EnvoyClient.KEY), bad::toString);
        }
        assertEquals(2, status(envoy.call("shop", user)).getLimitRemaining());
    }

    @Test
    void onlyWithAKeyOfTheScope() {
        RateLimitRequest request = request("shop", user).build();
        for (String bad : new String[]{null, "", "Bearer", "Bearer mr_limiter_wrong", "Basic " + Api.LIMITER}) {
            assertEquals(Status.Code.UNAUTHENTICATED, refusal(request, bad), bad);
        }
        assertEquals(Status.Code.PERMISSION_DENIED, refusal(request, "Bearer " + Api.READER));
    }

    @Test
    void tenantsCountApart() {
        RateLimitRequest request = request("shop", user).setHitsAddend(3).build();
        assertEquals(Code.OK, envoy.call(request).getOverallCode());
        assertEquals(Code.OVER_LIMIT, envoy.call(request).getOverallCode());
        assertEquals(Code.OK, envoy.call(request, OTHER).getOverallCode());
    }

    private Status.Code refusal(RateLimitRequest request, String authorization) {
        return assertThrows(StatusRuntimeException.class, () -> envoy.call(request, authorization), request::toString)
                .getStatus().getCode();
    }
}
