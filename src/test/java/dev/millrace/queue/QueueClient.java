package dev.millrace.queue;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.apache.http.HttpHeaders;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.ContentType;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.conn.BasicHttpClientConnectionManager;
import org.apache.http.util.EntityUtils;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.Api;

/**
 * Calls one queue of one replica as a producer or worker of another process does: over a connection of its own, without retries,
 * and cheaply enough for tens of thousands of jobs. A call that hangs throws.
 */
public final class QueueClient implements Closeable {

    /** Longer than any wait for jobs and any deadline of Redis together. */
    private static final int HANG_MS = 60_000;
    private static final RequestConfig CONFIG = RequestConfig.custom().setConnectTimeout(HANG_MS)
            .setSocketTimeout(HANG_MS).build();
    /** Without a charset, as most clients say it: those calls take the short way. */
    private static final ContentType JSON_TYPE = ContentType.create("application/json");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What was answered. */
    public record Answer(int status, String contentType, JsonNode body) {

        /** The {@code code} of a problem, else null. */
        public String problem() {
            return "application/problem+json".equals(contentType) ? body.path("code").textValue() : null;
        }

        /** The jobs that were handed out. */
        public List<JsonNode> jobs() {
            List<JsonNode> jobs = new ArrayList<>();
            body.path("jobs").forEach(jobs::add);
            return jobs;
        }
    }

    private final CloseableHttpClient http = HttpClients.custom().setDefaultRequestConfig(CONFIG)
            .setConnectionManager(new BasicHttpClientConnectionManager()).disableAutomaticRetries().build();
    private final String url;

    public QueueClient(int port, String queue) {
        this.url = "http://127.0.0.1:" + port + "/v1/queues/" + queue;
    }

    /** {@code json}: a body in which quotes may be single; null for none. */
    public Answer call(String method, String path, String json) throws IOException {
        HttpEntityEnclosingRequestBase request = new HttpEntityEnclosingRequestBase() {
            @Override
            public String getMethod() {
                return method;
            }
        };
        request.setURI(URI.create(url + path));
        request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + Api.ADMIN);
        if (json != null) {
            request.setEntity(new ByteArrayEntity(Api.json(json).getBytes(StandardCharsets.UTF_8), JSON_TYPE));
        }
        try (CloseableHttpResponse response = http.execute(request)) {
            String text = response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity());
            ContentType type = ContentType.get(response.getEntity());
            return new Answer(response.getStatusLine().getStatusCode(), type == null ? null : type.getMimeType(),
                    JSON.readTree(text));
        }
    }

    public Answer post(String verb, String json) throws IOException {
        return call("POST", verb, json);
    }

    /** How the queue is. */
    public JsonNode view() throws IOException {
        return call("GET", "", null).body();
    }

    /** The job's id and lease token, as members of an object. */
    public static String held(JsonNode job) {
        return "'id':'" + job.path("id").textValue() + "','leaseToken':'" + job.path("leaseToken").textValue() + "'";
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
