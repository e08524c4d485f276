package dev.millrace.cache;

import java.util.List;
import java.util.Map;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

import dev.millrace.auth.Scopes;
import dev.millrace.http.body.PacedBody;
import dev.millrace.http.route.Caller;
import dev.millrace.http.route.FastPath;

/** The {@link FastPath} for reading an entry. {@link CacheResource} serves all other requests, with the same {@link CacheReads}. */
@Singleton
class ReadFastPath {

    private final CacheReads reads;
    private final ObjectMapper json;

    ReadFastPath(CacheReads reads, ObjectMapper json) {
        this.reads = reads;
        this.json = json;
    }

    @Produces
    @Singleton
    FastPath declaration() {
        return FastPath.get("/v1/cache/{region}/{key}").scope(Scopes.CACHE_READ).serve(this::read, this::write);
    }

    private @Nullable Uni<Response> read(HttpServerRequest request, Caller caller, String region, String key) {
        return region.equals(CacheResource.RESERVED) ? null : reads.answer(caller, region, key, 0, 0, request);
    }

    private void write(HttpServerResponse response, Response result) throws JsonProcessingException {
        Object entity = result.getEntity();
        PacedBody large = entity instanceof PacedBody paced ? paced : null;
        byte[] body = entity == null || entity instanceof byte[]
                ? (byte[]) entity
                : large == null ? json.writeValueAsBytes(entity) : null;
        response.setStatusCode(result.getStatus());
        for (Map.Entry<String, List<Object>> field : result.getHeaders().entrySet()) {
            for (Object value : field.getValue()) {
                response.headers().add(field.getKey(), value.toString());
            }
        }
        if (large != null) {
            large.write(() -> {});
        } else if (body == null) {
            response.end();
        } else {
            response.end(Buffer.buffer(body));
        }
    }
}
