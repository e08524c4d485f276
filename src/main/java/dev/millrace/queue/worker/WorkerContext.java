package dev.millrace.queue.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.problem.ApiException;
import dev.millrace.queue.Payloads;
import dev.millrace.queue.QueueService;
import dev.millrace.queue.model.QueueName;

/** Where a processor works: which queue, of which tenant, and what that takes. */
record WorkerContext(QueueName queue, JobProcessor processor, long leaseMs, long timeoutMs, QueueService queues,
        ObjectMapper json, Payloads payloads) {

    /** A value of the processor's as JSON, null for none; fails with {@link DeadJobException} if it cannot be kept as such. */
    JsonValue json(String what, Object value) {
        if (value == null) {
            return null;
        }
        try {
            JsonValue written = value instanceof JsonValue v ? v : new JsonValue(json.writeValueAsString(value));
            payloads.check("", what, written);
            return written.text().equals("null") ? null : written;
        } catch (JsonProcessingException e) {
            throw new DeadJobException("The " + what + " cannot be written as JSON", e);
        } catch (ApiException e) {
            throw new DeadJobException(e.getMessage(), e);
        }
    }
}
