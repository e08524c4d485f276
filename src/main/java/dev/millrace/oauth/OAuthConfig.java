package dev.millrace.oauth;

import java.util.Optional;

import io.smallrye.config.ConfigMapping;

/** Settings of what OAuth libraries see. */
@ConfigMapping(prefix = "millrace.oauth")
public interface OAuthConfig {

    /** The URL under which clients reach Millrace, {@code https} and without a query and a fragment (RFC 8414, section 2). */
    Optional<String> issuer();
}
