package dev.millrace.kv;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.inject.Singleton;

import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
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
import dev.millrace.http.Stopping;
import dev.millrace.metrics.Gauges;
import dev.millrace.redis.RedisConfig;
import dev.millrace.redis.RedisReply;

/**
 * Requests that subscribe to channels, or monitor the commands of Redis, as server-sent events. Each has its own connection to Redis and
 * ends with it. A client that reads too slowly is disconnected.
 */
@Singleton
class KvListeners {

    private static final int MAX_UNREAD_BYTES = 1024 * 1024;

    /** Channels of keyspace notifications, with the number of the database. */
    private static final Pattern NOTIFICATIONS = Pattern.compile("__key(?:space|event)@(\\d+)__:");

    private final KvRedis redis;
    private final Stopping stopping;
    private final int maxListeners;
    private final long connectMs;
    private final AtomicInteger count = new AtomicInteger();

    KvListeners(KvRedis redis, KvConfig config, RedisConfig redisConfig, Stopping stopping,
            Gauges gauges) {
        this.redis = redis;
        this.stopping = stopping;
        this.maxListeners = config.maxListeners();
        this.connectMs = 2 * redisConfig.timeout().toMillis();
        gauges.add("millrace.kv.listeners", "Requests that subscribe to channels or monitor Redis", count,
                AtomicInteger::get);
    }

    /**
     * Streams messages to a client until it disconnects.
     *
     * @param what subscribe, psubscribe or monitor
     * @param names channels or patterns, as they are in the path
     * @param refused called if Redis refuses
     * @throws KvException if the client may not subscribe to this, or if there are too many listeners
     */
    void listen(RoutingContext context, String what, String names, Consumer<KvException> refused) {
        Request request = request(what, names);
        Redis client = redis.client();
        if (count.incrementAndGet() > maxListeners) {
            count.decrementAndGet();
            client.close();
            throw new KvException(503, "ERR this replica has the maximum of " + maxListeners + " listeners");
        }
        new KvListener(context, client, refused).start(request);
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
        private final Consumer<KvException> refused;
        private final String database = "[" + redis.database() + " ";
        private long timer;
        private int seconds;
        private boolean begun;
        private boolean ended;

        KvListener(RoutingContext context, Redis client, Consumer<KvException> refused) {
            this.context = context;
            this.response = context.response();
            this.client = client;
            this.refused = refused;
            this.home = context.vertx().getOrCreateContext();
        }

        void start(Request request) {
            response.closeHandler(closed -> end());
            response.exceptionHandler(broken -> end());
            // Redis may accept the connection and never respond.
            timer = context.vertx().setTimer(connectMs, t -> refuse());
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
                client.close();
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
                failed(KvReplies.exception(failure));
            } else {
                refuse();
            }
        }

        /** Begins the response when Redis has accepted the request. */
        private void begin() {
            begun = true;
            context.vertx().cancelTimer(timer);
            response.setWriteQueueMaxSize(MAX_UNREAD_BYTES).setChunked(true)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
            EventStreams.prepare(response, "no-cache");
            timer = context.vertx().setPeriodic(1000, t -> {
                if (stopping.hasBegun()) {
                    end();
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
            if (response.writeQueueFull()) {
                // Ending the response would wait until the client has read the queue.
                response.reset();
                end();
            } else {
                response.write(text);
            }
        }

        private void end() {
            if (ended) {
                return;
            }
            ended = true;
            count.decrementAndGet();
            context.vertx().cancelTimer(timer);
            client.close();
            if (!response.ended() && !response.closed()) {
                response.end();
            }
        }
    }
}
