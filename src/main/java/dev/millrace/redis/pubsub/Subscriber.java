package dev.millrace.redis.pubsub;

import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.smallrye.mutiny.Uni;
import io.vertx.core.impl.ContextInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.redis.RedisRefusal;
import dev.millrace.redis.RedisUnavailableException;
import dev.millrace.redis.RedisUnavailableException.Reason;
import dev.millrace.redis.link.Deadline;
import dev.millrace.redis.link.HeldConnection;
import dev.millrace.redis.link.LingeringChannels;

/**
 * One connection on which Redis is told which channels are listened to, and hands out the messages.
 *
 * <p>Any thread may change who listens; the event loop then makes what Redis sends follow. It has one SUBSCRIBE and one
 * UNSUBSCRIBE on their way at most, for many channels at once, and decides by who listens at that moment.
 */
final class Subscriber implements HeldConnection.Owner {

    /** Channels of one command, and so of how many the listeners re-read their state at once after an outage. */
    private static final int BATCH = 256;

    /** Told of every change; called on the event loop. */
    interface Observer {
        /** A message arrives, possibly not for the first time. */
        void alive();

        /** @param cause why none will for the time being */
        void lost(String cause);

        /** A listener's handler threw. */
        void failed(Throwable e);
    }

    private final HeldConnection held;
    private final Heartbeat heartbeat;
    private final Observer observer;
    private final long confirmMs;
    private final long lingerMs;
    private final int maxChannels;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, Set<ChannelListener>> listeners = new ConcurrentHashMap<>();

    // Confined to the event loop.
    private final Set<String> subscribed = new HashSet<>();
    private final Set<String> joining = new HashSet<>();
    private final Set<String> leaving = new HashSet<>();
    /** Channels of which Redis may have to be told something. */
    private final Set<String> changed = new LinkedHashSet<>();
    private final LingeringChannels lingering;
    private @Nullable Deadline confirmation;
    private boolean down;
    private boolean telling;
    private boolean sweeping;
    private volatile boolean up;

    /**
     * @param publish publishes a message, the second argument, to a channel, the first, over another connection
     * @param heartbeat how often it is tried whether messages arrive, and how long they may take
     * @param linger how long a channel is kept that nobody listens to
     */
    Subscriber(ContextInternal context, Supplier<Redis> clients, BiFunction<String, String, Uni<?>> publish,
            Duration timeout,
            Duration heartbeat, Duration linger, int maxChannels, Observer observer) {
        this.held = new HeldConnection(context, clients, timeout, this);
        this.heartbeat = new Heartbeat(held, publish, heartbeat, this::alive);
        this.observer = observer;
        this.confirmMs = 2 * timeout.toMillis();
        this.lingerMs = linger.toMillis();
        this.lingering = new LingeringChannels(linger);
        this.maxChannels = maxChannels;
    }

    /** Opens the connection if this is the first one. */
    Subscription subscribe(String channel, Consumer<String> onMessage, Runnable onResubscribed) {
        ChannelListener listener = new ChannelListener(this, channel, onMessage, onResubscribed);
        listeners.compute(channel, (name, others) -> {
            Set<ChannelListener> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            if (others == null && count.incrementAndGet() > maxChannels) {
                count.decrementAndGet();
                throw new RedisUnavailableException(Reason.OVERLOADED,
                        "More than " + maxChannels + " channels are listened to");
            }
            all.add(listener);
            return all;
        });
        held.onLoop(() -> joined(listener));
        if (begun.compareAndSet(false, true)) {
            held.open();
        }
        return listener;
    }

    /** Channels that are listened to. */
    int channels() {
        return count.get();
    }

    /** Whether messages arrive. */
    boolean isUp() {
        return up;
    }

    boolean hasBegun() {
        return begun.get();
    }

    void close() {
        held.close();
    }

    void failed(Throwable e) {
        observer.failed(e);
    }

    void leave(ChannelListener listener) {
        boolean[] last = new boolean[1];
        listeners.computeIfPresent(listener.channel(), (name, all) -> {
            if (all.remove(listener) && all.isEmpty()) {
                count.decrementAndGet();
                last[0] = true;
                return null;
            }
            return all;
        });
        if (last[0]) {
            held.onLoop(() -> left(listener.channel()));
        }
    }

    private void joined(ChannelListener listener) {
        lingering.remove(listener.channel());
        if (subscribed.contains(listener.channel())) {
            listener.up();
        } else if (down || held.isClosed()) {
            listener.down("not connected");
        } else {
            changed.add(listener.channel());
            tellSoon();
        }
    }

    private void left(String channel) {
        if (!listeners.containsKey(channel)) {
            lingering.add(channel);
            sweep();
        }
    }

    private void sweep() {
        lingering.drainDue(changed::add);
        tellSoon();
        if (!sweeping && !lingering.isEmpty()) {
            sweeping = true;
            held.later(lingerMs, () -> {
                sweeping = false;
                sweep();
            });
        }
    }

    /** At the end of this turn of the event loop, for there may be more to tell by then. */
    private void tellSoon() {
        if (!telling && !changed.isEmpty()) {
            telling = true;
            held.later(0, this::tell);
        }
    }

    private void tell() {
        telling = false;
        RedisConnection connection = held.connection();
        if (connection == null || confirmation != null) {
            return;
        }
        for (Iterator<String> all = changed.iterator(); all.hasNext() && joining.size() + leaving.size() < BATCH;) {
            String channel = all.next();
            all.remove();
            boolean wanted = channel.equals(heartbeat.channel()) || listeners.containsKey(channel);
            if (wanted && !subscribed.contains(channel)) {
                joining.add(channel);
            } else if (!wanted && subscribed.remove(channel)) {
                leaving.add(channel);
            }
        }
        send(connection, Command.SUBSCRIBE, joining);
        send(connection, Command.UNSUBSCRIBE, leaving);
    }

    private void send(RedisConnection connection, Command command, Set<String> channels) {
        if (channels.isEmpty()) {
            return;
        }
        if (confirmation == null) {
            confirmation = held.deadline(confirmMs,
                    () -> held.lost(connection, "no confirmation in " + confirmMs + " ms"));
        }
        Request request = Request.cmd(command);
        channels.forEach(request::arg);
        // Succeeds when it is written; Redis answers by messages.
        connection.send(request).onFailure(e -> held.lost(connection, HeldConnection.reason(e)));
    }

    @Override
    public void opened(RedisConnection connection) {
        connection.handler(reply -> held.onLoop(() -> {
            if (connection == held.connection()) {
                received(connection, reply);
            }
        }));
        down = false;
        changed.add(heartbeat.channel());
        changed.addAll(listeners.keySet());
        tellSoon();
    }

    @Override
    public void dropped(String cause, @Nullable RedisRefusal refusal) {
        down = true;
        up = false;
        heartbeat.end();
        if (confirmation != null) {
            confirmation.cancel();
            confirmation = null;
        }
        subscribed.clear();
        joining.clear();
        leaving.clear();
        changed.clear();
        lingering.clear();
        listeners.values().forEach(all -> all.forEach(listener -> listener.down(cause)));
        if (!held.isClosed()) {
            observer.lost(cause);
        }
    }

    private void alive() {
        up = true;
        held.answered();
        observer.alive();
    }

    /** The same in RESP2, where it is an array, and in RESP3, where it is a push. */
    private void received(RedisConnection connection, Response reply) {
        if (reply != null && reply.type() == ResponseType.ERROR) {
            held.lost(connection, reply.toString());
        } else if (reply != null && reply.isArray() && reply.size() >= 3 && reply.get(1) != null) {
            String channel = reply.get(1).toString();
            switch (reply.get(0).toString()) {
                case "message" -> message(channel, reply.get(2).toString());
                case "subscribe" -> joined(channel);
                case "unsubscribe" -> {
                    leaving.remove(channel);
                    confirmed();
                }
                default -> {
                }
            }
        }
    }

    private void message(String channel, String text) {
        if (channel.equals(heartbeat.channel())) {
            heartbeat.heard(text);
        }
        listeners.getOrDefault(channel, Set.of()).forEach(listener -> listener.message(text));
    }

    private void joined(String channel) {
        joining.remove(channel);
        subscribed.add(channel);
        if (channel.equals(heartbeat.channel())) {
            heartbeat.begin();
        }
        listeners.getOrDefault(channel, Set.of()).forEach(ChannelListener::up);
        confirmed();
    }

    private void confirmed() {
        if (confirmation != null && joining.isEmpty() && leaving.isEmpty()) {
            confirmation.cancel();
            confirmation = null;
            tellSoon();
        }
    }
}
