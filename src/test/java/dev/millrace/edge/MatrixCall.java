package dev.millrace.edge;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import io.restassured.RestAssured;

import dev.millrace.edge.MatrixCaller.Protocol;

/**
 * An example of an operation: a row of the matrix.
 *
 * @param operation as docs/scopes.md names it
 * @param scopes of which a key needs one; empty if it needs no key
 */
record MatrixCall(String operation, List<String> scopes, Protocol protocol, String method, String path,
        Map<String, String> headers, String body) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public String toString() {
        return method.equals("HEAD") ? "HEAD of " + operation : operation;
    }

    /** The same with {@code HEAD} in place of {@code GET}. */
    MatrixCall head() {
        return new MatrixCall(operation, scopes, protocol, "HEAD", path, headers, body);
    }

    /** Whether another row has the same path. */
    boolean isVariant() {
        return method.equals("HEAD");
    }

    boolean mayBeCalledBy(MatrixCaller caller) {
        return scopes.isEmpty() || isKnown(caller) && ScopeTable.allows(scopes, caller.scopes());
    }

    boolean isKnown(MatrixCaller caller) {
        return caller.known().contains(protocol);
    }

    boolean isStream() {
        return path.endsWith("/events") || path.contains("subscribe/") || path.endsWith("/monitor");
    }

    /** Sends the call. Of a stream, only the head is read. */
    CompletableFuture<HttpResponse<String>> send(HttpClient client, MatrixCaller caller) {
        String query = caller.query().isEmpty() ? "" : (path.contains("?") ? "&" : "?") + caller.query();
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://localhost:" + RestAssured.port + path + query)).timeout(PATIENCE);
        headers.forEach(request::header);
        caller.authorization().forEach(value -> request.header("Authorization", value));
        if (!caller.otherHeader().isEmpty()) {
            String[] field = caller.otherHeader().split(": ", 2);
            request.header(field[0], field[1]);
        }
        String sent = protocol == Protocol.OAUTH ? body + caller.form() : body;
        request.method(method, sent.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(sent));
        return client.sendAsync(request.build(), text());
    }

    private static BodyHandler<String> text() {
        return head -> head.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")
                ? new Cut()
                : BodySubscribers.ofString(java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Closes the connection in place of reading the body. */
    private static final class Cut implements BodySubscriber<String> {

        @Override
        public CompletionStage<String> getBody() {
            return CompletableFuture.completedFuture("");
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> item) {}

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onComplete() {}
    }
}
