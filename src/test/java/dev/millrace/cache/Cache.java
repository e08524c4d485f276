package dev.millrace.cache;

import static dev.millrace.Api.ADMIN;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.restassured.RestAssured;

/**
 * The calls about the cache that many tests make: with a client that sends no header field of its own accord but those of
 * HTTP, and gives bodies as they came. Header fields are names and values in turn.
 */
final class Cache {

    static final String CACHE = "/v1/cache/";

    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Cache() {}

    /** A region that no other test has. */
    static String region() {
        return "r-" + UUID.randomUUID();
    }

    /** Stores a text; the path is the region and the encoded key. */
    static HttpResponse<byte[]> put(String path, String body, String... headers) {
        return put(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    static HttpResponse<byte[]> put(String path, byte[] body, String... headers) {
        return send(request(ADMIN, "PUT", path, body, headers));
    }

    /** As {@link #put}, which must succeed; returns the entity tag. */
    static String store(String path, String body, String... headers) {
        HttpResponse<byte[]> answer = put(path, body, headers);
        if (answer.statusCode() != 204) {
            throw new AssertionError(answer.statusCode() + ": " + text(answer));
        }
        return header(answer, "ETag");
    }

    static HttpResponse<byte[]> get(String path, String... headers) {
        return send(request(ADMIN, "GET", path, null, headers));
    }

    static HttpResponse<byte[]> delete(String path) {
        return send(request(ADMIN, "DELETE", path, null));
    }

    static HttpRequest request(String key, String method, String path, byte[] body, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + key));
        all.addAll(Arrays.asList(headers));
        return HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + CACHE + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .headers(all.toArray(new String[0])).build();
    }

    static HttpResponse<byte[]> send(HttpRequest request) {
        return later(request).join();
    }

    static CompletableFuture<HttpResponse<byte[]>> later(HttpRequest request) {
        return CLIENT.sendAsync(request, BodyHandlers.ofByteArray());
    }

    /** A header field, or the empty string. */
    static String header(HttpResponse<?> answer, String name) {
        return String.join(", ", answer.headers().allValues(name));
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Status, and the code of a problem or the body: of what most tests ask. */
    static String brief(HttpResponse<byte[]> answer) {
        String text = text(answer);
        return answer.statusCode() + " " + text.replaceFirst("(?s)^\\{.*\"code\":\"([a-z-]+)\".*", "$1");
    }

    /** What is read of an entry, briefly. */
    static String read(String path, String... headers) {
        return brief(get(path, headers));
    }
}
