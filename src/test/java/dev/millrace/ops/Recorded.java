package dev.millrace.ops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;

/**
 * What servers replied to INFO, CLIENT LIST and SLOWLOG GET. Those of Redis are recorded; Valkey's is shortened and made up after
 * its documentation.
 */
final class Recorded {

    private Recorded() {}

    static String text(String name) {
        return new String(bytes(name + ".txt"), StandardCharsets.UTF_8);
    }

    /** A reply in RESP 2, as the service's client gives it. */
    static Response reply(String name) {
        return reply(ByteBuffer.wrap(bytes(name + ".resp")));
    }

    static Response bulk(String text) {
        return BulkType.create(Buffer.buffer(text), false);
    }

    static Response array(Response... items) {
        MultiType array = MultiType.create(items.length, false);
        for (Response item : items) {
            array.add(item);
        }
        return array;
    }

    private static Response reply(ByteBuffer in) {
        char type = (char) in.get();
        int number = Integer.parseInt(line(in));
        return switch (type) {
            case ':' -> NumberType.create(number);
            case '*' -> array(IntStream.range(0, number).mapToObj(i -> reply(in)).toArray(Response[]::new));
            case '$' -> {
                byte[] bytes = new byte[number];
                in.get(bytes);
                line(in);
                yield BulkType.create(Buffer.buffer(bytes), false);
            }
            default -> throw new IllegalArgumentException("Not in the recordings: " + type);
        };
    }

    private static String line(ByteBuffer in) {
        StringBuilder line = new StringBuilder();
        for (byte b = in.get(); b != '\n'; b = in.get()) {
            line.append((char) b);
        }
        return line.toString().strip();
    }

    private static byte[] bytes(String name) {
        try (InputStream in = Recorded.class.getClassLoader().getResourceAsStream("redis-replies/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
