package dev.millrace.faults;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Steady load of a few clients while something breaks. Counts what was answered; a request that hangs is an error. */
final class Traffic implements AutoCloseable {

    private static final Duration HANG = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final List<Thread> clients = new ArrayList<>();
    final Map<Integer, AtomicLong> statuses = new ConcurrentHashMap<>();
    final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    final AtomicLong degraded = new AtomicLong();

    Traffic(int clients, String url) {
        for (int i = 0; i < clients; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/client-" + i)).timeout(HANG)
                    .POST(HttpRequest.BodyPublishers.noBody()).build();
            Thread thread = new Thread(() -> run(request), "traffic-" + i);
            this.clients.add(thread);
            thread.start();
        }
    }

    long answers() {
        return statuses.values().stream().mapToLong(AtomicLong::get).sum();
    }

    private void run(HttpRequest request) {
        while (running.get()) {
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                statuses.computeIfAbsent(response.statusCode(), s -> new AtomicLong()).incrementAndGet();
                if (response.body().contains("\"degraded\":true")) {
                    degraded.incrementAndGet();
                }
            } catch (java.io.IOException e) {
                errors.computeIfAbsent(e.toString(), s -> new AtomicLong()).incrementAndGet();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Ends the load and waits for the last answers. */
    void stop() {
        running.set(false);
        try {
            for (Thread client : clients) {
                client.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
