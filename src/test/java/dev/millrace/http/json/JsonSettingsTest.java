package dev.millrace.http.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.problem.Failure;

/** A body has a bound of values, because each takes much more memory than bytes. */
class JsonSettingsTest {

    private final ObjectMapper mapper = new ObjectMapper();

    JsonSettingsTest() {
        new JsonSettings().customize(mapper);
    }

    private List<Map<String, Object>> read(int objects) throws Exception {
        return mapper.readValue("[" + String.join(",", Collections.nCopies(objects, "{}")) + "]",
                new TypeReference<List<Map<String, Object>>>() {
                });
    }

    @Test
    void aBodyHasABoundOfValues() throws Exception {
        int most = (int) JsonSettings.MAX_TOKENS / 2 - 1;
        assertEquals(most, read(most).size());
        String detail = Failure.of(assertThrows(JacksonException.class, () -> read(most + 1))).toString();
        assertTrue(detail.contains(String.format(Locale.ROOT, "%,d values", JsonSettings.MAX_TOKENS)), detail);
    }
}
