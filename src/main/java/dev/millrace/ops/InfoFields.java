package dev.millrace.ops;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.json.Timestamps;
import dev.millrace.redis.RedisInfo;

/**
 * The fields of a reply to INFO, with their types. A field is null if the version of Redis does not report it, or reports it in an
 * unknown format.
 */
final class InfoFields {

    private final Map<String, String> fields;

    private InfoFields(Map<String, String> fields) {
        this.fields = fields;
    }

    /** Parses lines of {@code name:value}. */
    static InfoFields parse(String info) {
        return new InfoFields(RedisInfo.parse(info));
    }

    /** Parses a value of {@code name=value,name=value}. */
    private static InfoFields ofList(String value) {
        Map<String, String> fields = new HashMap<>();
        for (String field : value.split(",")) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(field.substring(0, equals), field.substring(equals + 1));
            }
        }
        return new InfoFields(fields);
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    @Nullable
    String text(String name) {
        String value = fields.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    @Nullable
    Long number(String name) {
        try {
            return Long.valueOf(fields.getOrDefault(name, ""));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    @Nullable
    Double ratio(String name) {
        try {
            double value = Double.parseDouble(fields.getOrDefault(name, ""));
            return Double.isFinite(value) ? value : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Returns whether a numeric field is not 0. */
    @Nullable
    Boolean flag(String name) {
        Long value = number(name);
        return value == null ? null : value != 0;
    }

    /** Returns whether a field equals {@code expected}. */
    @Nullable
    Boolean is(String name, String expected) {
        String value = text(name);
        return value == null ? null : value.equals(expected);
    }

    /** Returns a field of seconds, with or without decimals, in ms. A negative value means unknown and returns null. */
    @Nullable
    Long ms(String name) {
        Double seconds = ratio(name);
        return seconds == null || seconds < 0 ? null : Math.round(seconds * 1000);
    }

    /** Returns a field of seconds since 1970 as a timestamp. */
    @Nullable
    String time(String name) {
        Long seconds = number(name);
        return seconds == null || seconds <= 0 ? null : Timestamps.format(seconds * 1000);
    }

    /** Returns the fields {@code <prefix>0}, {@code <prefix>1}, ... by number. Each value is a list of fields. */
    Map<Integer, InfoFields> numbered(String prefix) {
        Map<Integer, InfoFields> found = new TreeMap<>();
        fields.forEach((name, value) -> {
            if (name.matches(prefix + "\\d{1,9}") && value.indexOf('=') > 0) {
                found.put(Integer.valueOf(name.substring(prefix.length())), ofList(value));
            }
        });
        return found;
    }

    /** Returns the same as {@link #numbered}, without the numbers. */
    List<InfoFields> list(String prefix) {
        return new ArrayList<>(numbered(prefix).values());
    }
}
