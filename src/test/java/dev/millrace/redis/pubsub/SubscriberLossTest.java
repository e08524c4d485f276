package dev.millrace.redis.pubsub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.smallrye.mutiny.Uni;

import dev.millrace.redis.RedisConversation;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;
import dev.millrace.redis.link.NumbingProxy;

/** Guarantees of the connection on which a process listens: what is lost is noticed, said, and made good. */
class SubscriberLossTest extends SubscriberFixture {

    @Test
    void aConnectionThatDiesWithoutEndingIsReplaced() throws Exception {
        try (NumbingProxy proxy = new NumbingProxy(server.port())) {
            start(clients(proxy.port(), null));
            Heard heard = listen("channel");
            eventually().until(() -> subscriber.isUp());
            proxy.numb();
            redis.call("PUBLISH", "channel", "lost");

            eventually().until(() -> heard.resubscribed.get() == 1);
            redis.call("PUBLISH", "channel", "heard");
            eventually().until(() -> heard.messages.equals(List.of("heard")));
            assertEquals(List.of("messages do not arrive"), losses);
            eventually().until(() -> subscriber.isUp());
        }
    }

    /** A new connection would not help, and lose what this one still delivers. */
    @Test
    void aConnectionIsKeptWhileNothingCanBePublished() {
        AtomicInteger attempts = new AtomicInteger();
        start(clients(server.port(), null), (channel, text) -> {
            attempts.incrementAndGet();
            return Uni.createFrom().failure(new RedisUnavailableException(Reason.OVERLOADED, "busy"));
        });
        Heard heard = listen("channel");
        eventually().until(() -> attempts.get() > 20);
        redis.call("PUBLISH", "channel", "x");
        eventually().until(() -> heard.messages.equals(List.of("x")));
        assertEquals(List.of(), losses);
    }

    @Test
    void whoListensWhileRedisIsAwayIsToldAndCalledLater() {
        start(clients(server.port(), null));
        Heard before = listen("before");
        redis.close();
        server.kill();
        eventually().until(() -> !losses.isEmpty());
        assertFalse(subscriber.isUp());
        Heard meanwhile = new Heard();
        meanwhile.subscription = subscriber.subscribe("meanwhile", meanwhile.messages::add,
                meanwhile.resubscribed::incrementAndGet);
        assertEquals(Reason.DOWN, assertThrows(RedisUnavailableException.class,
                () -> establish(meanwhile.subscription)).reason());
        assertEquals(0, before.resubscribed.get());
        Subscription gone = subscribe("gone");
        gone.close();

        server.start();

        redis = new RedisConversation(server.port());
        eventually().until(() -> before.resubscribed.get() == 1 && meanwhile.resubscribed.get() == 1);
        redis.call("PUBLISH", "before", "x");
        redis.call("PUBLISH", "meanwhile", "y");
        eventually().until(() -> before.messages.equals(List.of("x")) && meanwhile.messages.equals(List.of("y")));
        awaitChannels(Set.of("before", "meanwhile"));
        eventually().until(() -> subscriber.isUp());
    }

    @Test
    void whoListensWhileRedisIsFrozenIsToldInTime() {
        start(clients(server.port(), null));
        Heard before = listen("before");
        server.pause();
        Heard meanwhile = new Heard();
        meanwhile.subscription = subscriber.subscribe("meanwhile", meanwhile.messages::add,
                meanwhile.resubscribed::incrementAndGet);
        assertEquals(Reason.DOWN, assertThrows(RedisUnavailableException.class,
                () -> establish(meanwhile.subscription)).reason());
        server.resume();
        eventually().until(() -> before.resubscribed.get() > 0 && meanwhile.resubscribed.get() > 0);
    }

    @Test
    void aUserWhoMayNotListenIsToldSo() {
        redis.call("ACL", "SETUSER", "deaf", "on", ">pw", "~*", "+@all", "resetchannels");
        start(clients("redis://deaf:pw@127.0.0.1:" + server.port(), null));
        Heard heard = new Heard();
        heard.subscription = subscriber.subscribe("channel", heard.messages::add, heard.resubscribed::incrementAndGet);
        assertThrows(RedisUnavailableException.class, () -> establish(heard.subscription));
        eventually().until(() -> losses.size() > 2);
        assertTrue(losses.stream().allMatch(cause -> cause.startsWith("NOPERM")), losses.toString());
        assertFalse(subscriber.isUp());
        redis.call("ACL", "SETUSER", "deaf", "allchannels");
        eventually().until(() -> heard.resubscribed.get() == 1 && subscriber.isUp());
    }

    @Test
    void nothingWaitsForeverAfterTheEnd() {
        start(clients(server.port(), null));
        Heard heard = listen("channel");
        subscriber.close();
        eventually().until(() -> channels().isEmpty() && !subscriber.isUp());
        assertThrows(RedisUnavailableException.class, () -> establish(subscribe("late")));
        assertThrows(RedisUnavailableException.class, () -> {
            Subscription closed = subscribe("closed");
            closed.close();
            establish(closed);
        });
        assertEquals(List.of(), losses, "a stop is no loss");
        assertEquals(0, heard.resubscribed.get());
    }
}
