package dev.millrace.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ServiceLoader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.quarkus.vertx.http.runtime.attribute.ExchangeAttributeBuilder;

/** Guarantees that no attribute of the access log that holds a query shows the parameter {@code _token}. */
class AccessLogAttributesTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
            "GET /redis/get/a?_token=mr_a_b HTTP/1.1, GET /redis/get/a?_token=... HTTP/1.1",
            "GET /redis?x=1&_token=mr_a_b&_token=c&y=2 HTTP/1.1, GET /redis?x=1&_token=...&_token=...&y=2 HTTP/1.1",
            "/redis?%5Ftoken=a, /redis?%5Ftoken=...", "_token=a, _token=...", "?_token=a;b=c, ?_token=...;b=c",
            "/redis?%5ft%6fken=$1, /redis?%5ft%6fken=...", "/redis?a=_token&b=c%zz&%zz=d, /redis?a=_token&b=c%zz&%zz=d",
            "GET /_token=a HTTP/1.1, GET /_token=a HTTP/1.1", "/redis?x_token=a, /redis?x_token=a"})
    void theValueIsHidden(String text, String masked) {
        assertEquals(masked, AccessLogAttributes.masked(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%r", "%<r", "%{REQUEST_LINE}", "%{<REQUEST_LINE}", "%q", "%{QUERY_STRING}",
            "%{BARE_QUERY_STRING}", "%U", "%{REQUEST_URL}", "%{q,_token}"})
    void everyAttributeWithAQueryIsReplaced(String token) {
        assertNotNull(new AccessLogAttributes().build(token));
    }

    @Test
    void othersAreLeftAlone() {
        assertNull(new AccessLogAttributes().build("%s"));
    }

    @Test
    void quarkusFindsItFirst() {
        int highest = ServiceLoader.load(ExchangeAttributeBuilder.class).stream().map(ServiceLoader.Provider::get)
                .filter(builder -> !(builder instanceof AccessLogAttributes))
                .mapToInt(ExchangeAttributeBuilder::priority)
                .max().orElseThrow();
        assertEquals(1, Integer.compare(new AccessLogAttributes().priority(), highest));
        assertEquals(1, ServiceLoader.load(ExchangeAttributeBuilder.class).stream()
                .filter(provider -> provider.type() == AccessLogAttributes.class).count());
    }
}
