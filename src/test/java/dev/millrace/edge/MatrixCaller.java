package dev.millrace.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.millrace.Api;

/**
 * A kind of caller: a column of the matrix.
 *
 * @param authorization values of the field {@code Authorization}, one after the other
 * @param otherHeader another field, as {@code name: value}; empty for none
 * @param query added to the query; empty for nothing
 * @param form added to the body of an OAuth request; empty for nothing
 * @param known the protocols in which these are the credentials of a key
 * @param scopes of that key
 */
record MatrixCaller(String name, List<String> authorization, String otherHeader, String query, String form,
        Set<Protocol> known, List<String> scopes) {

    /** How an operation takes credentials and refuses callers. */
    enum Protocol {
        /** {@code Authorization: Bearer}, refusals are problems. */
        REST,
        /** As REST, and HTTP Basic and the form. */
        OAUTH,
        /** As REST, and the query; refusals have the shape of Upstash. */
        REDIS
    }

    private static final String KEY = Api.ofMatrix("ratelimit,sessions,cache,queues,redis,admin");
    private static final List<String> ALL = List.of("ratelimit", "sessions", "cache", "queues", "redis", "admin");
    private static final Set<Protocol> NONE = EnumSet.noneOf(Protocol.class);
    private static final Set<Protocol> EVERY = EnumSet.allOf(Protocol.class);

    @Override
    public String toString() {
        return name;
    }

    /** Whether this stands for the other callers without a valid key. */
    boolean isTypical() {
        return name.equals("no header") || name.equals("wrong secret");
    }

    /** All kinds of caller. */
    static List<MatrixCaller> all() {
        List<MatrixCaller> callers = new ArrayList<>(strangers());
        for (String scopes : Api.MATRIX_SCOPES) {
            callers.add(new MatrixCaller(scopes, List.of("Bearer " + Api.ofMatrix(scopes)), "", "", "", EVERY,
                    List.of(scopes.split(","))));
        }
        callers.add(sends("lower-case scheme", EVERY, "bearer " + KEY));
        callers.add(sends("spaces around the value, which are not part of it", EVERY, "  Bearer " + KEY + " \t "));
        callers.add(sends("Basic", EnumSet.of(Protocol.OAUTH), basic(id() + ':' + secret())));
        callers.add(sends("Basic with the whole key", EnumSet.of(Protocol.OAUTH), basic(id() + ':' + KEY)));
        callers.add(new MatrixCaller("key in the form", List.of(), "", "",
                "&client_id=" + id() + "&client_secret=" + secret(), EnumSet.of(Protocol.OAUTH), ALL));
        callers.add(new MatrixCaller("_token in the query", List.of(), "", "_token=" + KEY, "",
                EnumSet.of(Protocol.REDIS), ALL));
        return callers;
    }

    /** A key that may do everything, in another tenant. */
    static MatrixCaller ofAnotherTenant() {
        return sends("another tenant", EVERY, "Bearer " + Api.NEIGHBOR);
    }

    /** Callers that are none. */
    private static List<MatrixCaller> strangers() {
        String wrong = "mr_" + id() + "_" + "x".repeat(secret().length());
        return List.of(
                stranger("no header"),
                stranger("empty header", ""),
                stranger("only the scheme", "Bearer"),
                stranger("scheme and space", "Bearer "),
                stranger("no scheme", KEY),
                stranger("another scheme", "Token " + KEY),
                stranger("Basic without Base64", "Basic " + KEY),
                stranger("Basic with a wrong secret", basic(id() + ":wrong")),
                stranger("Basic without a colon", basic(KEY)),
                stranger("Negotiate", "Negotiate " + Base64.getEncoder().encodeToString(KEY.getBytes(UTF_8))),
                stranger("prefix only", "Bearer mr_"),
                stranger("no secret", "Bearer mr_" + id()),
                stranger("empty secret", "Bearer mr_" + id() + "_"),
                stranger("secret only", "Bearer " + secret()),
                stranger("no prefix", "Bearer " + id() + "_" + secret()),
                stranger("unknown key id", "Bearer mr_nobody_" + secret()),
                stranger("empty key id", "Bearer mr__" + secret()),
                stranger("key id in capitals", "Bearer mr_" + id().toUpperCase(java.util.Locale.ROOT) + "_" + secret()),
                stranger("wrong secret", "Bearer " + wrong),
                stranger("another key's secret", "Bearer mr_" + id() + "_" + Api.ADMIN.split("_", 3)[2]),
                stranger("the hash of the secret", "Bearer mr_" + id() + "_" + Api.sha256(secret())),
                stranger("secret without its end", "Bearer " + KEY.substring(0, KEY.length() - 1)),
                stranger("more behind the key", "Bearer " + KEY + " x"),
                stranger("a comma behind the key", "Bearer " + KEY + ", Bearer " + KEY),
                stranger("two spaces", "Bearer  " + KEY),
                stranger("quotes", "Bearer \"" + KEY + "\""),
                stranger("a token of 600 characters", "Bearer " + KEY + "x".repeat(600)),
                stranger("the same field twice", "Bearer " + KEY, "Bearer " + KEY),
                stranger("right field, then wrong one", "Bearer " + KEY, "Bearer " + wrong),
                stranger("wrong field, then right one", "Bearer " + wrong, "Bearer " + KEY),
                stranger("empty field, then right one", "", "Bearer " + KEY),
                strangerWith("X-Api-Key: " + KEY, ""),
                strangerWith("Cookie: Authorization=" + KEY, ""),
                strangerWith("Proxy-Authorization: Bearer " + KEY, ""),
                strangerWith("", "access_token=" + KEY),
                strangerWith("", "_token="),
                strangerWith("", "_token=" + wrong),
                strangerWith("", "x_token=" + KEY));
    }

    private static MatrixCaller stranger(String name, String... authorization) {
        return sends(name, NONE, authorization);
    }

    private static MatrixCaller strangerWith(String header, String query) {
        return new MatrixCaller((header + query).replaceAll("mr_.*", "<key>"), List.of(), header, query, "", NONE,
                List.of());
    }

    private static MatrixCaller sends(String name, Set<Protocol> known, String... authorization) {
        return new MatrixCaller(name, List.of(authorization), "", "", "", known, known.isEmpty() ? List.of() : ALL);
    }

    private static String id() {
        return KEY.split("_", 3)[1];
    }

    private static String secret() {
        return KEY.split("_", 3)[2];
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
    }
}
