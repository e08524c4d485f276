package dev.millrace.queue;

import jakarta.inject.Singleton;

import org.jspecify.annotations.Nullable;

import dev.millrace.http.json.JsonValue;
import dev.millrace.http.problem.ApiException;
import dev.millrace.http.problem.ErrorCode;

/** Bounds the size of the data, results and progress of jobs. */
@Singleton
public class Payloads {

    private final int maxBytes;

    Payloads(QueueConfig config) {
        this.maxBytes = config.maxPayloadBytes();
    }

    /**
     * Checks the size of a payload.
     *
     * @param prefix of the field's name
     * @param payload null is within the bound
     * @throws ApiException 413 if it is larger than {@link QueueConfig#maxPayloadBytes}
     */
    public void check(String prefix, String field, @Nullable JsonValue payload) {
        // A char takes at most three bytes in UTF-8, so short texts need no counting.
        if (payload != null && payload.text().length() > maxBytes / 3 && payload.bytes() > maxBytes) {
            throw new ApiException(ErrorCode.TOO_LARGE,
                    prefix + field + " must be at most " + maxBytes + " bytes of JSON");
        }
    }
}
