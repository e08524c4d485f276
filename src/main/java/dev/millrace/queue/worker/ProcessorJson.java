package dev.millrace.queue.worker;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.JsonViolations;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.Payloads;

/** Reads what processors are given and writes what they return, as JSON. What cannot be read or written makes a job dead. */
record ProcessorJson(ObjectMapper mapper, Payloads payloads) {

    /** A value of a processor as JSON, null for none; fails with {@link DeadJobException} if it cannot be kept as such. */
    @Nullable
    JsonValue write(String what, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        try {
            JsonValue written = value instanceof JsonValue v ? v : new JsonValue(mapper.writeValueAsString(value));
            payloads.check("", what, written);
            return written.text().equals("null") ? null : written;
        } catch (JsonProcessingException e) {
            throw new DeadJobException("The " + what + " cannot be written as JSON", e);
        } catch (ApiException e) {
            throw new DeadJobException(requireNonNull(e.getMessage()), e);
        }
    }

    /** The data of a job; fails with {@link DeadJobException}, which says what is wrong, if it is not of that type. */
    <T> T read(JsonValue data, Class<T> type) {
        try {
            T read = mapper.readValue(data.text(), type);
            if (read == null) {
                throw new DeadJobException("data must be given");
            }
            return read;
        } catch (JsonMappingException e) {
            Violation v = JsonViolations.of(e);
            throw new DeadJobException(
                    v.field().isEmpty() ? "data is not valid" : v.field() + ' ' + v.message());
        } catch (JsonProcessingException e) {
            throw new DeadJobException("data is not valid");
        }
    }
}
