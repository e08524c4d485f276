package dev.millrace.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.millrace.http.json.JsonObject;
import dev.millrace.http.json.JsonSettings;

/** Which claims are members of an introspection response: those that RFC 7662 registers and Millrace does not know better. */
class RegisteredClaimsTest {

    private final ObjectMapper json = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"jti\":\"a\"}|{jti=\"a\"}",
            "{\"jti\":1}|{}",
            "{\"active\":false,\"sub\":\"eve\",\"exp\":1,\"iat\":1,\"token_type\":\"x\"}|{}",
            "{\"scope\":[\"a\",\"b\"]}|{scope=\"a b\"}",
            "{\"scope\":[\"a\",1]}|{}",
            "{\"aud\":[\"a\",\"b\"]}|{aud=[\"a\",\"b\"]}",
            "{\"aud\":{}}|{}",
            "{\"username\":null}|{}",
            "{\"iss\":\"i\",\"client_id\":\"c\"}|{client_id=\"c\", iss=\"i\"}"})
    void membersAreTakenWithTheirRegisteredType(String claims, String members) {
        new JsonSettings().customize(json);
        StringBuilder found = new StringBuilder();
        new RegisteredClaims(json, Optional::empty).of(new JsonObject(claims)).forEach((name, value) -> found
                .append(found.isEmpty() ? "" : ", ").append(name).append('=').append(value.text()));
        assertEquals(members, "{" + found + "}");
    }
}
