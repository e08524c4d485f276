package dev.millrace.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.BasicHttpClientConnectionManager;
import org.apache.http.util.EntityUtils;

/** Steady load of a few clients while something breaks. Counts what was answered; a request that hangs is an error. */
final class Traffic implements AutoCloseable {

    private static final int HANG_MS = 20_000;
    private static final RequestConfig CONFIG = RequestConfig.custom().setConnectTimeout(HANG_MS)
            .setSocketTimeout(HANG_MS).build();

    private final AtomicBoolean running = new AtomicBoolean(true);
    private final List<Thread> clients = new ArrayList<>();
    final Map<Integer, AtomicLong> statuses = new ConcurrentHashMap<>();
    final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    final AtomicLong degraded = new AtomicLong();

    Traffic(int clients, String url) {
        for (int i = 0; i < clients; i++) {
            HttpPost request = new HttpPost(url + "/client-" + i);
            Thread thread = new Thread(() -> run(request), "traffic-" + i);
            this.clients.add(thread);
            thread.start();
        }
    }

    long answers() {
        return statuses.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** On one connection; the JDK's client now and then closes one of its pool just when it takes it out again. */
    private void run(HttpPost request) {
        try (CloseableHttpClient http = HttpClients.custom().setDefaultRequestConfig(CONFIG)
                .setConnectionManager(new BasicHttpClientConnectionManager()).disableAutomaticRetries().build()) {
            while (running.get()) {
                try (CloseableHttpResponse response = http.execute(request)) {
                    String body = EntityUtils.toString(response.getEntity());
                    statuses.computeIfAbsent(response.getStatusLine().getStatusCode(), s -> new AtomicLong())
                            .incrementAndGet();
                    if (body.contains("\"degraded\":true")) {
                        degraded.incrementAndGet();
                    }
                } catch (IOException e) {
                    errors.computeIfAbsent(e.toString(), s -> new AtomicLong()).incrementAndGet();
                }
            }
        } catch (IOException e) {
            errors.computeIfAbsent(e.toString(), s -> new AtomicLong()).incrementAndGet();
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
