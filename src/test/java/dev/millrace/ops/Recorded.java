package dev.millrace.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.ParserHandler;
import io.vertx.redis.client.impl.RESPParser;

/**
 * What servers replied to INFO, CLIENT LIST and SLOWLOG GET. Those of Redis are recorded; Valkey's is shortened and made up after
 * its documentation.
 */
final class Recorded {

    private Recorded() {}

    static String text(String name) {
        return new String(bytes(name + ".txt"), StandardCharsets.UTF_8);
    }

    /** As the service's client understands it. */
    static Response reply(String name) {
        AtomicReference<Response> reply = new AtomicReference<>();
        new RESPParser(new ParserHandler() {
            @Override
            public void handle(Response response) {
                reply.set(response);
            }

            @Override
            public void fail(Throwable failure) {
                throw new IllegalArgumentException(failure);
            }
        }, 8).handle(Buffer.buffer(bytes(name + ".resp")));
        return reply.get();
    }

    private static byte[] bytes(String name) {
        try (InputStream in = Recorded.class.getClassLoader().getResourceAsStream("redis-replies/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
