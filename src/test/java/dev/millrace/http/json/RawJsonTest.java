package dev.millrace.http.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;

class RawJsonTest {

    @ParameterizedTest
    @CsvSource({
            "'', true", "plain, true", "\u00e9\u4e16\uffff, true", "\ud83d\ude00, true",
            "a\ud83d\ude00\ud83d\ude00b, true",
            "\ud83d, false", "\ude00, false", "a\ud83db, false", "\ud83d\ud83d\ude00, false",
            "\ud83d\ude00\ude00, false"})
    void textIsWellFormedIfEachSurrogateHasItsOtherHalf(String text, boolean wellFormed) {
        assertEquals(wellFormed, Unicode.isWellFormed(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{ \"a\" : [ 1 , -2.50 , 1E+3, true , null , { } , [ ] , \"\" ] , \"b\" : { \"c\" : { } } }",
            "[[],[[]],{},[{}]]",
            "\"plain\"", "12345678901234567890123", "false", "[\"{\",\"[\",\":\",\",\"]", "{\"{\":\"[\",\":\":1}",
            "\"\\u0001\\t\\b\\f\\n\\r\\\"\\\\\\/\\u00e9\\ud83d\\ude00\"", "{\"\\u0022q\\u000a\":1}",
            "{\"\\ud83d\\ude00\":1}"})
    void whatIsReadIsWhatTheGeneratorWouldWrite(String json) throws IOException {
        JsonFactory factory = new JsonFactory();
        StringWriter expected = new StringWriter();
        try (JsonParser in = factory.createParser(json); JsonGenerator out = factory.createGenerator(expected)) {
            in.nextToken();
            out.copyCurrentStructureExact(in);
        }
        for (JsonParser in : List.of(factory.createParser(json), factory.createParser(json.getBytes(UTF_8)))) {
            in.nextToken();
            assertEquals(expected.toString(), RawJson.read(in, 10));
            assertNull(in.nextToken(), "it is left at its last token");
        }
    }
}
