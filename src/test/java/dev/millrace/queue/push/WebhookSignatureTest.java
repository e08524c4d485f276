package dev.millrace.queue.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.millrace.queue.model.WebhookSecret;

/** Signatures are those that the npm package standardwebhooks 1.0 makes, and a secret is never shown. */
class WebhookSignatureTest {

    private static final String KEY_24 = "whsec_GB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5";
    private static final String KEY_32 = "whsec_ICcuNTxDSlFYX2ZtdHuCiZCXnqWss7rByM/W3eTr8vk=";
    private static final String KEY_64 = "whsec_QEdOVVxjanF4f4aNlJuiqbC3vsXM09rh6O/2/QQLEhkgJy41PENKUVhfZm10e4KJkJeepayzusHIz9bd5Ovy+Q==";

    static Stream<Arguments> vectors() {
        return Stream.of(
                // That of the specification's own libraries.
                Arguments.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330L,
                        "{\"test\": 2432232314}", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
                Arguments.of(KEY_24, "job-1", 1700000000L, "{}", "v1,L+hUZcoudDKIIqU5XM4RV7bg1uZYLsEkGUOsuhWxjgI="),
                Arguments.of(KEY_32, "job-1", 1700000000L, "{\"type\":\"mail\",\"data\":{\"to\":\"Zoë 💧\"}}",
                        "v1,Z/4nf3lz4+Buoo97k24LKf8Ln3ykIY7hmme5TYSyDJU="),
                Arguments.of(KEY_64, "q:42", 4102444800L, "[1,2,3]",
                        "v1,O1aWCIAYvBW49QPOhIWeU+GZKif4eqfn6qg6xqw7e4U="),
                Arguments.of(KEY_64, "q:42", 0L, "", "v1,ynMNr/BdFk5IZLVMR3k67HC6cEpMNWQ4fN7IxIIGUSY="));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void signsAsTheLibrariesDo(String secret, String id, long timestamp, String body, String signature) {
        assertEquals(signature, WebhookSignature.of(List.of(WebhookSecret.parse(secret)), id, timestamp,
                body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void signsWithEachSecretInTheirOrder() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        WebhookSecret old = WebhookSecret.parse(KEY_24);
        WebhookSecret next = WebhookSecret.parse(KEY_32);
        assertEquals(
                WebhookSignature.of(List.of(old), "a", 1, body) + " "
                        + WebhookSignature.of(List.of(next), "a", 1, body),
                WebhookSignature.of(List.of(old, next), "a", 1, body));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 25, 26, 32, 63, 64})
    void takesSecretsOf24To64Bytes(int bytes) {
        assertEquals(bytes, WebhookSecret.parse(secret(bytes)).key().length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 23, 65, 1000})
    void refusesOthers(int bytes) {
        assertThrows(IllegalArgumentException.class, () -> WebhookSecret.parse(secret(bytes)));
    }

    /** No prefix, another one, no padding, spare bits, URL-safe letters, white space, garbage. */
    @ParameterizedTest
    @ValueSource(strings = {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_ICcuNTxDSlFYX2ZtdHuCiZCXnqWss7rByM/W3eTr8vk",
            "whsec_ICcuNTxDSlFYX2ZtdHuCiZCXnqWss7rByM/W3eTr8vl=", "whsec_ICcuNTxDSlFYX2ZtdHuCiZCXnqWss7rByM_W3eTr8vk=",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La LaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"})
    void refusesWhatAReceiverMightReadOtherwise(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> WebhookSecret.parse(text));
        assertFalse(text.length() > 6 && e.getMessage().contains(text.substring(6)), e.getMessage());
    }

    @Test
    void aSecretIsNotShown() {
        WebhookSecret secret = WebhookSecret.parse(KEY_24);
        assertEquals("WebhookSecret", secret.toString());
        assertEquals(secret, WebhookSecret.parse(KEY_24));
        assertFalse(secret.equals(WebhookSecret.parse(KEY_32)));
        assertTrue(secret.hashCode() == WebhookSecret.parse(KEY_24).hashCode());
    }

    private static String secret(int bytes) {
        return "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
    }
}
