package dev.millrace.redis.pubsub;

import java.time.Duration;
import java.util.UUID;
import java.util.function.BiFunction;

import io.smallrye.mutiny.Uni;

import dev.millrace.redis.Keys;
import dev.millrace.redis.link.HeldConnection;

/**
 * Finds out whether published messages arrive: publishes one to itself over another connection, every few seconds, and
 * gives up the connection on which it does not arrive in time. This also notices a connection that is dead without being
 * closed, and a server that no longer belongs to the others.
 *
 * <p>Not by PING: the Vert.x client takes the next message that arrives for the answer to it, and loses that message.
 *
 * <p>Says nothing while Redis does not confirm that it has published: be it away or too busy, a new connection would not help,
 * and messages would be lost that this one still delivers.
 */
final class Heartbeat {

    private final HeldConnection held;
    private final BiFunction<String, String, Uni<?>> publish;
    private final long intervalMs;
    private final Runnable alive;
    private final String channel = Keys.PREFIX + "~alive:" + UUID.randomUUID();

    // Confined to the event loop.
    private int round;
    private long beat;
    private String heard = "";

    /**
     * @param publish publishes a message, the second argument, to a channel, the first, over another connection
     * @param alive told that a message arrived
     */
    Heartbeat(HeldConnection held, BiFunction<String, String, Uni<?>> publish, Duration interval, Runnable alive) {
        this.held = held;
        this.publish = publish;
        this.intervalMs = interval.toMillis();
        this.alive = alive;
    }

    String channel() {
        return channel;
    }

    /** Redis confirms that it sends this channel's messages. */
    void begin() {
        publish(++round);
    }

    /** The connection is gone. */
    void end() {
        round++;
    }

    void heard(String text) {
        heard = text;
        alive.run();
    }

    private void publish(int current) {
        String number = Long.toString(++beat);
        publish.apply(channel, number).subscribe().with(
                published -> held.onLoop(() -> held.deadline(intervalMs, () -> judge(current, number))),
                failure -> held.onLoop(() -> held.later(intervalMs / 4, () -> again(current))));
    }

    private void judge(int current, String expected) {
        if (current == round && !heard.equals(expected)) {
            held.drop("messages do not arrive");
        } else {
            again(current);
        }
    }

    private void again(int current) {
        if (current == round) {
            publish(current);
        }
    }
}
