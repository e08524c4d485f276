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
 * Requests that follow channels, or all commands that Redis runs, as server-sent events. Each has a connection to Redis of its own and
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
        gauges.add("millrace.kv.listeners", "Requests that follow channels, or what Redis does", count,
                AtomicInteger::get);
    }

    /**
     * Follows what a client asks for until it disconnects.
     *
     * @param what subscribe, psubscribe or monitor
     * @param names of the channels, or patterns, as they are in the path
     * @param refused called if Redis refuses
     * @throws KvException if the client may not follow this, or there are too many listeners
     */
    void listen(RoutingContext context, String what, String names, Consumer<KvException> refused) {
        Request request = request(what, names);
        Redis client = redis.client();
        if (count.incrementAndGet() > maxListeners) {
            count.decrementAndGet();
            client.close();
            throw new KvException(503, "ERR more than " + maxListeners + " listen to this replica already");
        }
        new Listener(context, client, refused).start(request);
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

    /** The service's own channels, and notifications about keys in other databases, such as the service's. */
    private boolean isHidden(String channel) {
        if (channel.startsWith(KvRules.OWN_CHANNELS)) {
            return true;
        }
        Matcher notification = NOTIFICATIONS.matcher(channel);
        return notification.lookingAt() && !notification.group(1).equals(Integer.toString(redis.database()));
    }

    private final class Listener {
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

        Listener(RoutingContext context, Redis client, Consumer<KvException> refused) {
            this.context = context;
            this.response = context.response();
            this.client = client;
            this.refused = refused;
            this.home = context.vertx().getOrCreateContext();
        }

        void start(Request request) {
            response.closeHandler(closed -> end());
            response.exceptionHandler(broken -> end());
            // Redis may take the connection and say nothing.
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

        /** On the event loop of the request, whichever the client calls back on. */
        private void here(Runnable action) {
            home.runOnContext(v -> action.run());
        }

        private void connected(RedisConnection connection, Request request) {
            if (ended) {
                client.close();
                return;
            }
            connection.handler(reply -> here(() -> tell(reply)));
            connection.endHandler(over -> here(this::refuse));
            connection.exceptionHandler(broken -> here(this::refuse));
            connection.send(request).onSuccess(reply -> here(() -> tell(reply)))
                    .onFailure(failure -> here(() -> failed(failure)));
        }

        private void failed(Throwable failure) {
            if (RedisReply.isError(failure)) {
                failed(KvReplies.exception(failure));
            } else {
                refuse();
            }
        }

        /** Redis has taken the request. */
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

        /** Passes a reply or a message on to the client. */
        private void tell(Response reply) {
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

        /** Hides commands in other databases, such as the service's. */
        private void monitored(String line) {
            int at = line.indexOf('[');
            if (at < 0 || line.startsWith(database, at)) {
                event(line);
            }
        }

        private void event(String text) {
            // With the space, which some clients require.
            write("data: " + text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\ndata: ") + "\n\n");
        }

        private void write(String text) {
            if (ended) {
                return;
            }
            if (response.writeQueueFull()) {
                // What is in the queue would wait until the client reads.
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
