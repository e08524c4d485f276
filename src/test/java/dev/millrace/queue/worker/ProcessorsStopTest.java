package dev.millrace.queue.worker;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import jakarta.enterprise.inject.Vetoed;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;

import dev.millrace.auth.ApiKeys;
import dev.millrace.http.Stopping;
import dev.millrace.queue.Payloads;
import dev.millrace.queue.QueueService;

/** Processors of a service that starts and stops, made by hand. */
@QuarkusTest
class ProcessorsStopTest {

    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LATE = Duration.ofSeconds(60);
    private final String name = "stop-" + UUID.randomUUID();
    private final String queue = "/v1/queues/" + name;

    @Inject
    ApiKeys keys;
    @Inject
    QueueService queues;
    @Inject
    ObjectMapper json;
    @Inject
    Payloads payloads;
    @Inject
    Vertx vertx;

    /** A stop that begins when the test says so. */
    @Vetoed
    private static class Stop extends Stopping {
        private volatile boolean begun;

        @Override
        public boolean hasBegun() {
            return begun;
        }
    }

    private static JobProcessor of(String queue) {
        return new Errands() {
            @Override
            public String queue() {
                return queue;
            }
        };
    }

    private Processors processors(Stop stop, Duration grace, JobProcessor... processors) {
        return new Processors(List.of(processors), keys, queues, json, payloads, vertx, stop, Optional.empty(),
                Optional.of(grace));
    }

    private String started(String type) {
        String id = as(WORKER, json("{'type':'" + type + "'}")).post(queue + "/jobs").then().statusCode(201).extract()
                .path("id");
        await().atMost(Duration.ofSeconds(30)).until(() -> Errands.STARTED.containsKey(id));
        return id;
    }

    @Test
    void whatIsNotDoneWhenTheServiceStopsGoesBackAtNoCost() throws InterruptedException {
        Stop stop = new Stop();
        Processors processors = processors(stop, SOON, of(name));
        processors.start(null);
        String id = started("endless");
        stop.begun = true;
        processors.announced(null);
        processors.stop(null);
        as(WORKER).get(queue + "/jobs/" + id).then().statusCode(200).body("state", equalTo("waiting"))
                .body("attempt", equalTo(1)).body("stalls", equalTo(0)).body("error", nullValue());
        assertEquals(1, Errands.CANCELLED.get(id));
    }

    @Test
    void whatIsNearlyDoneWhenTheServiceStopsIsAwaited() throws InterruptedException {
        as(ADMIN, json("{'retention':{'completed':'1h'}}")).put(queue).then().statusCode(201);
        Stop stop = new Stop();
        Processors processors = processors(stop, LATE, of(name));
        processors.start(null);
        String id = started("short");
        stop.begun = true;
        processors.announced(null);
        processors.stop(null);
        as(WORKER).get(queue + "/jobs/" + id).then().statusCode(200).body("state", equalTo("completed"))
                .body("error", nullValue());
    }

    @Test
    void processorsThatCannotWorkStopTheStart() {
        IllegalStateException failure = assertThrows(IllegalStateException.class,
                () -> processors(new Stop(), SOON, of(name), of(name)).start(null));
        assertTrue(failure.getMessage().contains(name), failure::getMessage);
        assertThrows(IllegalStateException.class, () -> processors(new Stop(), SOON, of("no name")).start(null));
    }
}
