/**
 * OAuth 2.0 introspection (RFC 7662) and revocation (RFC 7009) of session tokens and refresh tokens, for resource servers. Start with
 * {@link OAuthResource}.
 */
@NullMarked
package dev.millrace.oauth;

import org.jspecify.annotations.NullMarked;
