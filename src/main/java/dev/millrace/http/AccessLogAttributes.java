package dev.millrace.http;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.quarkus.vertx.http.runtime.attribute.ExchangeAttribute;
import io.quarkus.vertx.http.runtime.attribute.ExchangeAttributeBuilder;
import io.quarkus.vertx.http.runtime.attribute.QueryParameterAttribute;
import io.quarkus.vertx.http.runtime.attribute.QueryStringAttribute;
import io.quarkus.vertx.http.runtime.attribute.RequestLineAttribute;
import io.quarkus.vertx.http.runtime.attribute.RequestURLAttribute;
import io.vertx.ext.web.RoutingContext;

/**
 * Hides the parameter {@code _token} in Quarkus' access log, whatever its pattern is. Clients of {@code /redis} that cannot set header
 * fields send their API key in it.
 */
public class AccessLogAttributes implements ExchangeAttributeBuilder {

    private static final String TOKEN = "_token";
    private static final String HIDDEN = "...";
    private static final Pattern PARAMETER = Pattern.compile("(?<=^|[?&;])([^=&?;\\s]+)=([^&;\\s]*)");

    private final List<ExchangeAttributeBuilder> builders = List.of(new RequestLineAttribute.Builder(),
            new QueryStringAttribute.Builder(), new RequestURLAttribute.Builder(),
            new QueryParameterAttribute.Builder());

    @Override
    public String name() {
        return "Requests without tokens";
    }

    @Override
    public @Nullable ExchangeAttribute build(String token) {
        for (ExchangeAttributeBuilder builder : builders) {
            ExchangeAttribute attribute = builder.build(token);
            if (attribute != null) {
                return new Masked(attribute, token.equals("%{q," + TOKEN + "}"));
            }
        }
        return null;
    }

    /** In front of Quarkus' own builders. */
    @Override
    public int priority() {
        return Integer.MAX_VALUE;
    }

    /** Replaces the values of {@code _token} in a query, a URL or a request line. */
    static String masked(String text) {
        return PARAMETER.matcher(text).replaceAll(AccessLogAttributes::masked);
    }

    private static String masked(MatchResult parameter) {
        return Matcher.quoteReplacement(isToken(parameter.group(1))
                ? parameter.group(1) + '=' + HIDDEN
                : parameter.group());
    }

    private static boolean isToken(String name) {
        try {
            return QueryStringDecoder.decodeComponent(name).equals(TOKEN);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private record Masked(ExchangeAttribute attribute, boolean token) implements ExchangeAttribute {

        @Override
        public @Nullable String readAttribute(RoutingContext exchange) {
            String text = attribute.readAttribute(exchange);
            return text == null ? null : token ? HIDDEN : masked(text);
        }

        @Override
        public void writeAttribute(RoutingContext exchange, String value) {
            throw new UnsupportedOperationException();
        }
    }
}
