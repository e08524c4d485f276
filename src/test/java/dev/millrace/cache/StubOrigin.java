package dev.millrace.cache;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** An origin on loopback whose answers the test sets, per path, and which notes what it was asked. */
final class StubOrigin implements AutoCloseable {

    /** What to answer, with names and values of header fields in turn. */
    record Answer(int status, byte[] body, boolean chunked, String... fields) {

        Answer(int status, byte[] body, String... fields) {
            this(status, body, false, fields);
        }

        /** The same without an announced length. */
        Answer inChunks() {
            return new Answer(status, body, true, fields);
        }

        static Answer ok(String body, String... fields) {
            return new Answer(200, body.getBytes(StandardCharsets.UTF_8), fields);
        }

        static Answer status(int status, String... fields) {
            return new Answer(status, new byte[0], fields);
        }
    }

    /** How to answer one request; may take its time. */
    interface Handler {
        Answer answer(int times, HttpExchange exchange) throws Exception;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    /** The paths that were asked for, as they came. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    StubOrigin() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The template of a region that reads through to this origin. */
    String template() {
        return "http://127.0.0.1:" + port() + "/items/{key}?of=shop";
    }

    /** What to answer for a key. */
    void on(String key, Handler handler) {
        handlers.put("/items/" + key, handler);
    }

    void on(String key, Answer answer) {
        on(key, (times, exchange) -> answer);
    }

    /** How often a key was asked for. */
    int count(String key) {
        return counts.getOrDefault("/items/" + key, 0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        asked.add(exchange.getRequestURI().toString());
        int times = counts.merge(path, 1, Integer::sum);
        Answer answer;
        try {
            answer = handlers.getOrDefault(path, (n, e) -> Answer.status(404)).answer(times, exchange);
        } catch (Exception e) {
            exchange.close();
            return;
        }
        for (int i = 0; i < answer.fields().length; i += 2) {
            exchange.getResponseHeaders().add(answer.fields()[i], answer.fields()[i + 1]);
        }
        boolean bodiless = answer.body().length == 0 || answer.status() == 304;
        exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : answer.chunked() ? 0 : answer.body().length);
        try (OutputStream out = exchange.getResponseBody()) {
            if (!bodiless) {
                out.write(answer.body());
            }
        } finally {
            exchange.close();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
