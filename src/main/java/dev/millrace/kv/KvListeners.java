package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.http.EventFeed;
import dev.millrace.http.EventStreams;
import dev.millrace.http.ListenerConfig;
import dev.millrace.http.ListenerPlaces;
import dev.millrace.http.Stopping;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.route.Caller;
import dev.millrace.http.route.RequestMetrics;
import dev.millrace.metrics.Gauges;
import dev.millrace.redis.EventLoop;
import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisReply;
import dev.millrace.redis.link.Deadline;

/**
 * Requests that subscribe to channels, or monitor the commands of Redis, as server-sent events. Each has its own connection to Redis and
 * ends with it. A client is disconnected with more unread bytes than {@link ListenerConfig#maxUnread}, and when it has read nothing of
 * them for {@link ListenerConfig#maxUnreadTime}. A key and a tenant have only a share of the listeners.
 */
@Singleton
class KvListeners {

    /** Channels of keyspace notifications, with the number of the database. */
    private static final Pattern NOTIFICATIONS = Pattern.compile("__key(?:space|event)@(\\d+)__:");

    private static final String EVENT_STREAM = "text/event-stream";
    /** Unread bytes of a listener that do not get it disconnected when all together have too many. */
    private static final int FEW_BYTES = 64 * 1024;
    /** All listeners together may leave this fraction of the memory unread. */
    private static final int MEMORY_SHARE = 16;

    private final KvRedis redis;
    private final Stopping stopping;
    private final ListenerPlaces places;
    private final long maxUnreadBytes;
    private final long maxUnreadOfAll = Runtime.getRuntime().maxMemory() / MEMORY_SHARE;
    private final AtomicLong unreadOfAll = new AtomicLong();
    private final long maxUnreadNanos;
    private final long connectMs;

    KvListeners(KvRedis redis, KvConfig config, RedisConfig redisConfig, ListenerConfig listenerConfig,
            Stopping stopping, Gauges gauges) {
        this.redis = redis;
        this.stopping = stopping;
        this.places = new ListenerPlaces(config.maxListeners(), config.maxListenersPerTenant(),
                config.maxListenersPerKey());
        this.maxUnreadBytes = listenerConfig.maxUnread().asLongValue();
        this.maxUnreadNanos = listenerConfig.maxUnreadTime().toNanos();
        this.connectMs = 2 * redisConfig.timeout().toMillis();
        gauges.add("millrace.kv.listeners", "Requests that subscribe to channels or monitor Redis", places,
                ListenerPlaces::taken);
    }

    /**
     * Streams messages to a client until it disconnects. {@code HEAD} gets the header fields only.
     *
     * @param what subscribe, psubscribe or monitor
     * @param names channels or patterns, as they are in the path
     * @param refused called if Redis refuses
     * @throws KvException if the client may not subscribe to this
     * @throws ApiException 429 or 503 if there are too many listeners
     */
    void listen(RoutingContext context, Caller caller, String what, String names, Consumer<KvException> refused) {
        Request request = request(what, names);
        if (HttpMethod.HEAD.equals(context.request().method())) {
            // A stream has no end, and until there is one, the connection serves nothing else.
            EventStreams.prepare(context.response());
            context.response().putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM).end();
            return;
        }
        Redis client = redis.client();
        Runnable leave;
        try {
            leave = places.take(caller.tenant(), caller.keyId());
        } catch (ApiException e) {
            client.close();
            throw e;
        }
        new KvListener(context, client, leave, refused).start(request);
    }

    private Request request(String what, String names) {
        Request request = Request.cmd(Command.create(what.toUpperCase(Locale.ROOT)));
        if (what.equals("monitor")) {
            return request;
        }
        if (names.isEmpty()) {
            throw new KvException("ERR wrong number of arguments for '" + what + "' command");
        }
        for (byte[] name : channels(names)) {
            if (isHidden(new String(name, StandardCharsets.UTF_8))) {
                throw KvException.notPermitted(what);
            }
            request.arg(name);
        }
        return request;
    }

    private static List<byte[]> channels(String names) {
        List<byte[]> channels = new ArrayList<>();
        for (String name : names.split("/", -1)) {
            channels.add(KvCommandReader.decode(name, false));
        }
        return channels;
    }

    /** Hides the service's own channels, and keyspace notifications of other databases, such as the service's. */
    private boolean isHidden(String channel) {
        if (channel.startsWith(KvRules.OWN_CHANNELS)) {
            return true;
        }
        Matcher notification = NOTIFICATIONS.matcher(channel);
        return notification.lookingAt() && !notification.group(1).equals(Integer.toString(redis.database()));
    }

    private final class KvListener {
        private final HttpServerResponse response;
        private final RoutingContext context;
        private final Redis client;
        private final Context home;
        private final Runnable leave;
        private final Consumer<KvException> refused;
        private final Runnable counted = RequestMetrics.ending();
        private final String database = "[" + redis.database() + " ";
        private @Nullable Deadline connecting;
        private long timer;
        private int seconds;
        private boolean begun;
        private boolean ended;
        private long unread;
        private long readAt;

        KvListener(RoutingContext context, Redis client, Runnable leave, Consumer<KvException> refused) {
            this.context = context;
            this.response = context.response();
            this.client = client;
            this.leave = leave;
            this.refused = refused;
            this.home = context.vertx().getOrCreateContext();
        }

        void start(Request request) {
            response.closeHandler(closed -> end());
            response.exceptionHandler(broken -> end());
            // Redis may accept the connection and never respond.
            connecting = Deadline.start(EventLoop.of(home), connectMs, this::refuse);
            client.connect().onComplete(connected -> here(() -> {
                if (connected.succeeded()) {
                    connected(connected.result(), request);
                } else {
                    refuse();
                }
            }));
        }

        private void refuse() {
            failed(new KvException(503, "ERR Redis is not available"));
        }

        /** Responds with the failure, if the response has not begun. */
        private void failed(KvException e) {
            if (!ended && !begun) {
                refused.accept(e);
            }
            end();
        }

        /** Runs an action on the event loop of the request. The Redis client may call back on another one. */
        private void here(Runnable action) {
            home.runOnContext(v -> action.run());
        }

        private void connected(RedisConnection connection, Request request) {
            if (ended) {
                // The connection is closed with the client, which takes no second close.
                return;
            }
            connection.handler(reply -> here(() -> send(reply)));
            connection.endHandler(over -> here(this::refuse));
            connection.exceptionHandler(broken -> here(this::refuse));
            connection.send(request).onSuccess(reply -> here(() -> send(reply)))
                    .onFailure(failure -> here(() -> failed(failure)));
        }

        private void failed(Throwable failure) {
            if (RedisReply.isError(failure)) {
                failed(KvReplies.exception(RedisReply.failure(failure)));
            } else {
                refuse();
            }
        }

        private void responding() {
            if (connecting != null) {
                connecting.cancel();
            }
        }

        /** Begins the response when Redis has accepted the request. */
        private void begin() {
            begun = true;
            responding();
            response.setChunked(true).putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM);
            EventStreams.prepare(response);
            timer = context.vertx().setPeriodic(1000, t -> {
                if (stopping.hasBegun()) {
                    end();
                } else if (unread > 0 && System.nanoTime() - readAt > maxUnreadNanos) {
                    cut();
                } else if (++seconds % EventFeed.HEARTBEAT_SECONDS == 0) {
                    write(":\n\n");
                }
            });
        }

        /** Sends a reply or a message to the client. */
        private void send(Response reply) {
            if (reply == null || ended) {
                return;
            }
            if (reply.type() == ResponseType.ERROR) {
                failed((Throwable) reply);
                return;
            }
            if (!begun) {
                begin();
            }
            if (reply.type() != ResponseType.MULTI) {
                monitored(reply.toString());
            } else if (!isHidden(reply.get(reply.get(0).toString().equals("pmessage") ? 2 : 1).toString())) {
                StringBuilder line = new StringBuilder();
                reply.forEach(part -> line.append(line.isEmpty() ? "" : ",").append(part));
                event(line.toString());
            }
        }

        /** Hides commands on other databases, such as the service's. */
        private void monitored(String line) {
            int at = line.indexOf('[');
            if (at < 0 || line.startsWith(database, at)) {
                event(line);
            }
        }

        private void event(String text) {
            // Some clients require the space after the colon.
            write("data: " + text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\ndata: ") + "\n\n");
        }

        private void write(String text) {
            if (ended) {
                return;
            }
            Buffer bytes = Buffer.buffer(text);
            if (unread > 0 && unread + bytes.length() > maxUnreadBytes
                    || unread > FEW_BYTES && unreadOfAll.get() > maxUnreadOfAll) {
                cut();
                return;
            }
            if (unread == 0) {
                readAt = System.nanoTime();
            }
            unread += bytes.length();
            unreadOfAll.addAndGet(bytes.length());
            // Completes when the bytes have left for the network; the queue of HTTP/2 has no size that can be set.
            response.write(bytes).onComplete(left -> {
                unread -= bytes.length();
                unreadOfAll.addAndGet(-bytes.length());
                readAt = System.nanoTime();
            });
        }

        /** Ending the response would wait until the client has read the queue. */
        private void cut() {
            response.reset();
            end();
        }

        private void end() {
            if (ended) {
                return;
            }
            ended = true;
            leave.run();
            counted.run();
            responding();
            context.vertx().cancelTimer(timer);
            client.close();
            if (!response.ended() && !response.closed()) {
                response.end();
            }
        }
    }
}
