package dev.millrace.cache;

import java.net.URI;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.netty.handler.codec.DateFormatter;
import io.vertx.core.MultiMap;

import dev.millrace.cache.freshness.CacheControl;
import dev.millrace.cache.freshness.CachePolicy;

/**
 * Status and header fields of an origin's response, as they are stored and passed on (RFC 9111, section 3.1). Without the fields that
 * concern one connection, those that {@code Connection} names, those that Millrace sets itself, those that speak about the origin's
 * host instead of the response, and those that ask for credentials. Values with control characters are left out.
 */
record StoredHead(int status, List<Field> fields) {

    /** A header field; the name is as the origin wrote it. */
    record Field(String name, String value) {

        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** Of an entry that no origin sent. */
    static final StoredHead NONE = new StoredHead(200, List.of());

    static final int MAX_FIELDS = 64;
    /** Characters of all names and values. */
    static final int MAX_LENGTH = 8192;

    private static final Set<String> ONE_CONNECTION = Set.of("connection", "keep-alive", "proxy-connection",
            "proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "te", "trailer",
            "transfer-encoding", "upgrade");
    /** Set from what is stored: the body may be sent in another coding, and {@code Age} grows. */
    private static final Set<String> SET_BY_MILLRACE = Set.of("content-length", "content-encoding", "content-type",
            "age", "vary", "cache-status", "cache-lease", "x-content-type-options");
    /** A client would apply them to Millrace's host, and to all that it serves. */
    private static final Set<String> OF_THE_HOST = Set.of("alt-svc", "strict-transport-security", "server", "via",
            "clear-site-data", "nel", "report-to", "reporting-endpoints", "expect-ct", "public-key-pins",
            "public-key-pins-report-only", "accept-ch", "accept-ch-lifetime", "critical-ch", "service-worker-allowed",
            "origin-agent-cluster");
    /** A client would answer with its credentials for Millrace, which no origin gets. */
    private static final Set<String> OF_CREDENTIALS = Set.of("www-authenticate", "optional-www-authenticate",
            "authentication-info", "authentication-control");
    private static final String OF_CROSS_ORIGIN_READS = "access-control-";
    private static final Set<String> COOKIES = Set.of("set-cookie", "set-cookie2");
    /** Fields of a 304 that say nothing new about the stored response. */
    private static final Set<String> NOT_UPDATED = Set.of("etag", "content-length", "content-encoding",
            "content-range", "content-md5");

    /** Returns the head of a response. */
    static StoredHead of(int status, MultiMap fields) {
        Set<String> named = new HashSet<>();
        for (String line : fields.getAll("Connection")) {
            for (String name : line.split(",")) {
                named.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        List<Field> kept = new ArrayList<>();
        for (Map.Entry<String, String> field : fields) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            // What Vary names is needed, and no client reads it as it is stored.
            boolean stays = name.equals("vary") || !SET_BY_MILLRACE.contains(name);
            if (stays && !ONE_CONNECTION.contains(name) && !named.contains(name) && !OF_THE_HOST.contains(name)
                    && !OF_CREDENTIALS.contains(name) && !name.startsWith(OF_CROSS_ORIGIN_READS)
                    && isClean(field.getValue())) {
                kept.add(new Field(field.getKey(), field.getValue()));
            }
        }
        return new StoredHead(status, List.copyOf(kept));
    }

    private static boolean isClean(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c != 0x7f || c == '\t');
    }

    /** Returns the lines of a field; empty if it is absent. */
    List<String> lines(String name) {
        return fields.stream().filter(field -> field.is(name)).map(Field::value).toList();
    }

    /** Returns the value of a field that has one line; null if it is absent. */
    @Nullable
    String value(String name) {
        List<String> lines = lines(name);
        return lines.isEmpty() ? null : lines.get(0);
    }

    /** Whether it begins a session for one caller. */
    boolean hasCookies() {
        return fields.stream().anyMatch(field -> COOKIES.contains(field.name().toLowerCase(Locale.ROOT)));
    }

    /** Returns the head to store: without cookies. */
    StoredHead withoutCookies() {
        return new StoredHead(status, fields.stream()
                .filter(field -> !COOKIES.contains(field.name().toLowerCase(Locale.ROOT))).toList());
    }

    /** Whether it has more fields, or longer ones, than are stored. */
    boolean isTooLarge() {
        return fields.size() > MAX_FIELDS
                || fields.stream().mapToInt(field -> field.name().length() + field.value().length())
                        .sum() > MAX_LENGTH;
    }

    /**
     * Whether a 304 is about this response. One with the validator of another response must not update it (RFC 9111, section 4.3.4).
     */
    boolean isMeantBy(StoredHead unchanged) {
        String etag = unchanged.value("ETag");
        if (etag != null) {
            String own = value("ETag");
            return own != null && opaque(own).equals(opaque(etag));
        }
        String modified = unchanged.value("Last-Modified");
        String own = value("Last-Modified");
        return modified == null || own == null || own.equals(modified);
    }

    /** Some origins make a tag weak when they compress a response, and not in the 304. */
    private static String opaque(String etag) {
        return etag.startsWith("W/") ? etag.substring(2) : etag;
    }

    /** Whether its body may be stored in another coding than it came in (RFC 9111, section 5.2.2.6). */
    boolean mayBeCompressed() {
        return !CacheControl.parse(lines("Cache-Control")).has("no-transform");
    }

    /** Returns this head with the time at which it was received, if the origin has not dated it (RFC 9110, section 6.6.1). */
    StoredHead datedAt(long receivedAt) {
        if (!lines("Date").isEmpty()) {
            return this;
        }
        List<Field> all = new ArrayList<>(fields);
        all.add(new Field("Date", DateFormatter.format(new Date(receivedAt))));
        return new StoredHead(status, List.copyOf(all));
    }

    /** Returns this head with the fields of a 304 (RFC 9111, section 3.2). A 304 without {@code Date} was made now. */
    StoredHead updatedBy(StoredHead unchanged) {
        Set<String> replaced = new HashSet<>(Set.of("date"));
        List<Field> merged = new ArrayList<>();
        for (Field field : unchanged.fields()) {
            String name = field.name().toLowerCase(Locale.ROOT);
            if (!NOT_UPDATED.contains(name)) {
                replaced.add(name);
                merged.add(field);
            }
        }
        List<Field> all = new ArrayList<>();
        for (Field field : fields) {
            if (!replaced.contains(field.name().toLowerCase(Locale.ROOT))) {
                all.add(field);
            }
        }
        all.addAll(merged);
        return new StoredHead(status, List.copyOf(all));
    }

    /** Returns this head with a {@code Location} that means the same to a client of Millrace: relative ones are relative to the origin. */
    StoredHead withLocationOf(URI url) {
        return new StoredHead(status, fields.stream()
                .map(field -> field.is("Location") ? new Field(field.name(), resolved(url, field.value())) : field)
                .toList());
    }

    private static String resolved(URI url, String location) {
        try {
            URI target = URI.create(location);
            // An empty reference is the URL itself, whose query may contain a secret.
            if (target.isAbsolute() || location.isEmpty() || location.startsWith("#")) {
                return location;
            }
            // URI.resolve drops the last segment before a query.
            return url.resolve(location.startsWith("?") ? URI.create(url.getRawPath() + location) : target).toString();
        } catch (IllegalArgumentException e) {
            return location;
        }
    }

    /** Whether the entity tag is weak. */
    boolean isWeak() {
        String etag = value("ETag");
        return etag != null && etag.startsWith("W/");
    }

    /** Returns what {@code Vary} names beside {@code Accept-Encoding}, which Millrace serves itself. */
    Set<String> vary() {
        Set<String> names = CachePolicy.vary(lines("Vary"));
        names.remove("accept-encoding");
        return names;
    }

    /** Passes each field that a response carries on to {@code out}. */
    void forEach(BiConsumer<String, String> out) {
        for (Field field : fields) {
            if (!field.is("ETag") && !field.is("Vary")) {
                out.accept(field.name(), field.value());
            }
        }
    }

    /** Returns the head as it is stored; empty for one that says nothing. */
    String encode() {
        if (equals(NONE)) {
            return "";
        }
        StringBuilder out = new StringBuilder().append(status);
        fields.forEach(field -> out.append('\n').append(field.name()).append(':').append(field.value()));
        return out.toString();
    }

    /** Returns the head that {@link #encode} wrote. */
    static StoredHead decode(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        String[] lines = text.split("\n");
        List<Field> fields = new ArrayList<>(lines.length - 1);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            fields.add(new Field(lines[i].substring(0, colon), lines[i].substring(colon + 1)));
        }
        return new StoredHead(Integer.parseInt(lines[0]), List.copyOf(fields));
    }
}
