package dev.millrace.queue.push;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.inject.Singleton;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.vertx.core.Vertx;

import dev.millrace.http.Stopping;
import dev.millrace.queue.QueueControl;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.QueueTask;
import dev.millrace.queue.model.PushTarget;
import dev.millrace.queue.model.QueueName;
import dev.millrace.queue.model.QueueSettings;
import dev.millrace.redis.EventLoop;

/** The pushers of all queues that have a receiver, on every replica. */
@Singleton
class Pushers implements QueueTask {

    private final QueueService queues;
    private final WebhookClient client;
    private final QueueControl control;
    private final ObjectMapper json;
    private final Vertx vertx;
    private final Stopping stopping;
    private final Map<QueueName, Pusher> pushers = new ConcurrentHashMap<>();

    Pushers(QueueService queues, WebhookClient client, QueueControl control, ObjectMapper json, Vertx vertx,
            Stopping stopping) {
        this.queues = queues;
        this.client = client;
        this.control = control;
        this.json = json;
        this.vertx = vertx;
        this.stopping = stopping;
    }

    /** Starts, replaces and ends the pushers of a tenant, as the settings of its queues say. */
    @Override
    public void follow(String tenant, Map<String, QueueSettings> settings) {
        pushers.values().removeIf(pusher -> {
            QueueSettings now = settings.get(pusher.queue().queue());
            boolean over = pusher.queue().tenant().equals(tenant)
                    && (now == null || !pusher.target().equals(now.push()));
            if (over) {
                pusher.end();
            }
            return over;
        });
        settings.forEach((name, s) -> {
            PushTarget target = s.push();
            if (target != null && !stopping.hasBegun()) {
                pushers.computeIfAbsent(new QueueName(tenant, name), queue -> {
                    Pusher pusher = new Pusher(queue, target, queues, client, control, json,
                            EventLoop.next(vertx), stopping);
                    pusher.start();
                    return pusher;
                });
            }
        });
    }
}
