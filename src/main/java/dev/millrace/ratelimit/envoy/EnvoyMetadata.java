package dev.millrace.ratelimit.envoy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

import dev.millrace.ratelimit.envoy.Descriptors.Match;
import dev.millrace.ratelimit.envoy.proto.RateLimitDescriptor;
import dev.millrace.ratelimit.envoy.proto.RateLimitRequest;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.Code;
import dev.millrace.ratelimit.envoy.proto.RateLimitResponse.DescriptorStatus;

/**
 * The dynamic metadata of a response, from which Envoy's other filters choose a route: what the rules that are not over limit say
 * about themselves and, where rules have a quota, which of them are over limit. As Envoy's own service builds it.
 */
final class EnvoyMetadata {

    /** Fields that rules must not use. */
    static final Set<String> OWN = Set.of("domain", "descriptors", "hitsAddend", "quotaModeEnabled",
            "quotaModeViolations");

    private EnvoyMetadata() {}

    /**
     * Returns the metadata of a response; null if no rule that applies has any, or a quota.
     *
     * @param matches the rule of each descriptor, null for none
     */
    @Nullable
    static Struct of(RateLimitRequest request, List<@Nullable Match> matches, List<DescriptorStatus> statuses) {
        Struct.Builder all = Struct.newBuilder();
        ListValue.Builder violations = ListValue.newBuilder();
        boolean given = false;
        boolean quota = false;
        for (int i = 0; i < matches.size(); i++) {
            Match match = matches.get(i);
            if (match == null) {
                continue;
            }
            boolean over = statuses.get(i).getCode() == Code.OVER_LIMIT;
            quota |= match.rule().quota();
            given |= match.rule().metadata().getFieldsCount() > 0;
            if (!over) {
                // The first descriptor that names a thing decides what it is.
                match.rule().metadata().getFieldsMap().forEach((key, value) -> {
                    if (!all.containsFields(key)) {
                        all.putFields(key, value);
                    }
                });
            } else if (match.rule().quota()) {
                violations.addValues(number(i));
            }
        }
        if (quota) {
            putQuota(all, request, violations.build());
        }
        return quota || given ? all.build() : null;
    }

    private static void putQuota(Struct.Builder all, RateLimitRequest request, ListValue violations) {
        ListValue.Builder descriptors = ListValue.newBuilder();
        for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
            ListValue.Builder entries = ListValue.newBuilder();
            descriptor.getEntriesList().forEach(entry -> entries.addValues(
                    Value.newBuilder().setStringValue(entry.getKey() + '=' + entry.getValue())));
            descriptors.addValues(Value.newBuilder().setStructValue(Struct.newBuilder()
                    .putFields("entries", Value.newBuilder().setListValue(entries).build())));
        }
        all.putFields("domain", Value.newBuilder().setStringValue(request.getDomain()).build());
        all.putFields("descriptors", Value.newBuilder().setListValue(descriptors).build());
        if (request.getHitsAddend() != 0) {
            all.putFields("hitsAddend", number(Integer.toUnsignedLong(request.getHitsAddend())));
        }
        all.putFields("quotaModeEnabled", Value.newBuilder().setBoolValue(true).build());
        if (violations.getValuesCount() > 0) {
            all.putFields("quotaModeViolations", Value.newBuilder().setListValue(violations).build());
        }
    }

    /** Returns a map of texts, numbers, booleans, nulls, lists and maps as a struct. */
    static Struct struct(Map<?, ?> map) {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((key, value) -> struct.putFields(String.valueOf(key), value(value)));
        return struct.build();
    }

    private static Value value(@Nullable Object of) {
        if (of instanceof Map<?, ?> map) {
            return Value.newBuilder().setStructValue(struct(map)).build();
        }
        if (of instanceof List<?> list) {
            ListValue.Builder values = ListValue.newBuilder();
            list.forEach(item -> values.addValues(value(item)));
            return Value.newBuilder().setListValue(values).build();
        }
        if (of instanceof Number number) {
            return number(number.doubleValue());
        }
        if (of instanceof Boolean bool) {
            return Value.newBuilder().setBoolValue(bool).build();
        }
        return of == null
                ? Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build()
                : Value.newBuilder().setStringValue(of.toString()).build();
    }

    /** Returns a struct as a map, for JSON; whole numbers without a fraction. */
    static Map<String, @Nullable Object> map(Struct struct) {
        Map<String, @Nullable Object> map = new HashMap<>();
        struct.getFieldsMap().forEach((key, value) -> map.put(key, object(value)));
        return map;
    }

    private static @Nullable Object object(Value value) {
        return switch (value.getKindCase()) {
            case STRUCT_VALUE -> map(value.getStructValue());
            case LIST_VALUE -> value.getListValue().getValuesList().stream().map(EnvoyMetadata::object).toList();
            case NUMBER_VALUE -> whole(value.getNumberValue());
            case BOOL_VALUE -> value.getBoolValue();
            case STRING_VALUE -> value.getStringValue();
            default -> null;
        };
    }

    private static Object whole(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1L << 53 ? (Object) (long) number : (Object) number;
    }

    private static Value number(double number) {
        return Value.newBuilder().setNumberValue(number).build();
    }
}
