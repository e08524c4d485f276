package dev.millrace.redis.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.NumberType;

import dev.millrace.redis.RedisUnavailableException;

/** Which servers a cluster has, by what CLUSTER SLOTS says. */
class RedisNodesTest {

    @Test
    void eachPrimaryIsNamedOnceAndNoReplica() {
        Response slots = array(
                array(number(0), number(10), node("10.0.0.2", 7001), node("10.0.0.9", 7009)),
                array(number(11), number(20), node("10.0.0.1", 7000)),
                array(number(21), number(30), node("10.0.0.2", 7001)));
        assertEquals(List.of("10.0.0.1:7000", "10.0.0.2:7001"), RedisNodes.primaries(slots, "h:1"));
    }

    @Test
    void aNodeThatDoesNotKnowItsHostIsWhereItWasAsked() {
        for (Response host : new Response[]{null, text(""), text("?")}) {
            Response slots = array(array(number(0), number(10), array(host, number(7001))));
            assertEquals(List.of("redis.example:7001"), RedisNodes.primaries(slots, "redis.example:6379"));
            assertEquals(List.of("[::1]:7001"), RedisNodes.primaries(slots, "[::1]:6379"));
        }
    }

    @Test
    void anAddressOfIpVersion6HasBrackets() {
        Response slots = array(array(number(0), number(10), node("fe80::1", 7001)));
        assertEquals(List.of("[fe80::1]:7001"), RedisNodes.primaries(slots, "h:1"));
    }

    @Test
    void aClusterWithoutSlotsIsAway() {
        assertThrows(RedisUnavailableException.class, () -> RedisNodes.primaries(array(), "h:1"));
    }

    private static Response node(String host, int port) {
        return array(text(host), number(port), text("id"));
    }

    private static Response array(Response... items) {
        MultiType array = MultiType.create(items.length, false);
        for (Response item : items) {
            array.add(item);
        }
        return array;
    }

    private static Response text(String text) {
        return BulkType.create(Buffer.buffer(text), false);
    }

    private static Response number(int number) {
        return NumberType.create(number);
    }
}
