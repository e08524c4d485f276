package dev.millrace.queue;

import jakarta.inject.Singleton;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/** The bound on what jobs carry. */
@Singleton
public class Payloads {

    private final int mostBytes;

    Payloads(QueueConfig config) {
        this.mostBytes = config.maxPayloadBytes();
    }

    /** Refuses what is too large, with 413. {@code at} is in front of the name of the field; {@code payload} may be null. */
    public void check(String at, String field, JsonValue payload) {
        // A character is three bytes at most.
        if (payload != null && payload.text().length() > mostBytes / 3 && payload.bytes() > mostBytes) {
            throw new ApiException(ErrorCode.TOO_LARGE, at + field + " has more than " + mostBytes + " bytes");
        }
    }
}
