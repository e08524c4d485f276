package dev.millrace.ratelimit.envoy;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt64Value;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.http.problem.ApiException;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor.RateLimitOverride;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.DescriptorStatus;
import dev.millrace.ratelimit.envoy.proto.RateLimitUnit;

/**
 * Envoy's messages as proto3 JSON: fields in camelCase, also read in snake_case; numbers also as strings, enums also as numbers;
 * fields with default values are not written.
 */
final class EnvoyJson {

    private static final long MAX_UINT32 = 0xFFFF_FFFFL;

    private EnvoyJson() {}

    @RegisterForReflection
    @Schema(name = "EnvoyRateLimitRequest")
    record Request(@Schema(required = true, examples = "shop") @Nullable String domain,
            @Schema(description = "1 to 100", required = true) @Nullable List<Descriptor> descriptors,
            @Schema(description = "Cost of each descriptor; 0 means 1", defaultValue = "1") @JsonAlias("hits_addend") @JsonDeserialize(using = Unsigned.class) @Nullable Long hitsAddend) {

        RateLimitRequest toProto() {
            RateLimitRequest.Builder request = RateLimitRequest.newBuilder()
                    .setDomain(domain == null ? "" : domain)
                    .setHitsAddend(uint32(hitsAddend, "hitsAddend"));
            for (int i = 0; descriptors != null && i < descriptors.size(); i++) {
                String field = "descriptors[" + i + "]";
                request.addDescriptors(given(descriptors.get(i), field).toProto(field));
            }
            return request.build();
        }
    }

    @RegisterForReflection
    @Schema(name = "EnvoyRateLimitDescriptor")
    record Descriptor(@Nullable List<Entry> entries,
            @Schema(description = "Replaces the configured limit") @Nullable Limit limit,
            @Schema(description = "Has priority over the request's; 0 peeks") @JsonAlias("hits_addend") @JsonDeserialize(using = Unsigned.class) @Nullable Long hitsAddend) {

        private RateLimitDescriptor toProto(String field) {
            RateLimitDescriptor.Builder descriptor = RateLimitDescriptor.newBuilder();
            for (int i = 0; entries != null && i < entries.size(); i++) {
                Entry entry = given(entries.get(i), field + ".entries[" + i + "]");
                descriptor.addEntriesBuilder().setKey(entry.key() == null ? "" : entry.key())
                        .setValue(entry.value() == null ? "" : entry.value());
            }
            if (limit != null) {
                descriptor.setLimit(limit.toProto(field + ".limit"));
            }
            if (hitsAddend != null) {
                descriptor.setHitsAddend(UInt64Value.of(hitsAddend));
            }
            return descriptor.build();
        }
    }

    @RegisterForReflection
    @Schema(name = "EnvoyRateLimitEntry")
    record Entry(@Schema(examples = "user") @Nullable String key, @Schema(examples = "42") @Nullable String value) {}

    @RegisterForReflection
    @Schema(name = "EnvoyRateLimitOverride")
    record Limit(
            @Schema(examples = "100") @JsonAlias("requests_per_unit") @JsonDeserialize(using = Unsigned.class) @Nullable Long requestsPerUnit,
            @Schema(type = SchemaType.STRING, examples = "MINUTE") @JsonDeserialize(using = UnitName.class) @Nullable Unit unit) {

        private RateLimitOverride toProto(String field) {
            return RateLimitOverride.newBuilder()
                    .setRequestsPerUnit(uint32(requestsPerUnit, field + ".requestsPerUnit"))
                    .setUnit(unit == null ? RateLimitUnit.UNKNOWN : RateLimitUnit.valueOf(unit.name()))
                    .build();
        }
    }

    @RegisterForReflection
    @Schema(name = "EnvoyRateLimitResponse")
    record Response(@Schema(description = "`OK` or `OVER_LIMIT`", examples = "OK") String overallCode,
            @Schema(description = "One per descriptor, in order") List<Status> statuses,
            @Schema(description = "Fields that a proxy adds to its response, if configured") @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Header> responseHeadersToAdd,
            @Schema(description = "Of rules with `metadata` or `quota_mode`") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, @Nullable Object> dynamicMetadata) {

        static Response of(RateLimitResponse response) {
            return new Response(response.getOverallCode().name(),
                    response.getStatusesList().stream().map(Status::of).toList(),
                    response.getResponseHeadersToAddList().stream()
                            .map(header -> new Header(header.getKey(), header.getValue())).toList(),
                    response.hasDynamicMetadata() ? EnvoyMetadata.map(response.getDynamicMetadata()) : null);
        }
    }

    @RegisterForReflection
    @Schema(name = "EnvoyHeader")
    record Header(@Schema(examples = "RateLimit") String key, @Schema(examples = "\"user\";r=4;t=60") String value) {}

    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    @Schema(name = "EnvoyRateLimitStatus")
    record Status(@Schema(examples = "OK") String code,
            @Schema(description = "Absent if no limit applies") @Nullable CurrentLimit currentLimit,
            @Schema(description = "Absent if 0; 4294967295 if unlimited", examples = "4") long limitRemaining,
            @Schema(description = "Until the whole limit is available; if over limit, until a request is admitted", examples = "59.250s") @Nullable String durationUntilReset) {

        private static Status of(DescriptorStatus s) {
            return new Status(s.getCode().name(), s.hasCurrentLimit() ? CurrentLimit.of(s.getCurrentLimit()) : null,
                    Integer.toUnsignedLong(s.getLimitRemaining()),
                    s.hasDurationUntilReset() ? seconds(s.getDurationUntilReset()) : null);
        }
    }

    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    @Schema(name = "EnvoyRateLimit")
    record CurrentLimit(@Schema(examples = "5") long requestsPerUnit,
            @Schema(description = "Absent for a window that is not a unit", examples = "MINUTE") @Nullable String unit,
            @Schema(description = "The rule's name, if it has one") @Nullable String name) {

        private static CurrentLimit of(RateLimitResponse.RateLimit limit) {
            return new CurrentLimit(Integer.toUnsignedLong(limit.getRequestsPerUnit()),
                    limit.getUnitValue() == 0 ? null : limit.getUnit().name(),
                    limit.getName().isEmpty() ? null : limit.getName());
        }
    }

    /** A whole number from 0 to 2⁶⁴-1, the upper half as negative. */
    static final class Unsigned extends StdScalarDeserializer<Long> {
        private static final long serialVersionUID = 1L;

        Unsigned() {
            super(Long.class);
        }

        @Override
        public Long deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_STRING && !parser.currentToken().isNumeric()) {
                return (Long) context.handleUnexpectedToken(Long.class, parser);
            }
            String text = parser.getText();
            try {
                BigDecimal number = new BigDecimal(text);
                if (number.precision() - number.scale() <= 20) {
                    BigInteger whole = number.toBigIntegerExact();
                    if (whole.signum() >= 0 && whole.bitLength() <= Long.SIZE) {
                        return whole.longValue();
                    }
                }
            } catch (ArithmeticException | NumberFormatException e) {
                // neither is it one
            }
            throw context.weirdStringException(text, Long.class, "not an unsigned number");
        }
    }

    /** A unit by its name or number. */
    static final class UnitName extends StdScalarDeserializer<Unit> {
        private static final long serialVersionUID = 1L;

        UnitName() {
            super(Unit.class);
        }

        @Override
        public @Nullable Unit deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            for (Unit unit : Unit.values()) {
                RateLimitUnit proto = RateLimitUnit.valueOf(unit.name());
                if (parser.currentToken() == JsonToken.VALUE_STRING && parser.getText().equals(unit.name())
                        || parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                                && parser.getText().equals(Integer.toString(proto.getNumber()))) {
                    return unit;
                }
            }
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    || parser.getText().equals(RateLimitUnit.UNKNOWN.name())) {
                // Enums are open: a number that is new is no error.
                return null;
            }
            throw context.weirdStringException(parser.getText(), Unit.class, "not a unit");
        }
    }

    private static <T> T given(@Nullable T value, String field) {
        if (value == null) {
            throw ApiException.invalid(field, "must not be null");
        }
        return value;
    }

    private static int uint32(@Nullable Long number, String field) {
        if (number == null) {
            return 0;
        }
        if (number < 0 || number > MAX_UINT32) {
            throw ApiException.invalid(field, "must be at most " + MAX_UINT32);
        }
        return number.intValue();
    }

    private static String seconds(Duration duration) {
        String ms = Integer.toString(duration.getNanos() / 1_000_000 + 1000).substring(1);
        return duration.getSeconds() + (duration.getNanos() == 0 ? "s" : "." + ms + "s");
    }
}
