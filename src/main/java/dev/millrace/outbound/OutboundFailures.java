package dev.millrace.outbound;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;

import javax.net.ssl.SSLException;

/**
 * What went wrong with a request, in Millrace's own words: an exception's message may contain the host's text, or the URL with its
 * query.
 */
final class OutboundFailures {

    private OutboundFailures() {}

    /** Why a name has no addresses. */
    static String ofLookup(Throwable cause) {
        if (cause instanceof RejectedExecutionException) {
            return "its name was not looked up, as too many others are";
        }
        return cause instanceof UnknownHostException ? "its name is not known" : "its name could not be looked up";
    }

    /** Why there is no connection. */
    static String ofConnecting(Throwable cause) {
        if (cause instanceof ConnectionPoolTooBusyException) {
            return "too many requests to it are waiting";
        }
        if (cause instanceof SSLException) {
            return isOfCertificate(cause)
                    ? "its certificate is not trusted, or not for its name"
                    : "no TLS connection could be made";
        }
        return cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException)
                ? "it refuses connections"
                : "it cannot be reached";
    }

    /** Whether another address of the same name may work. */
    static boolean isOfAddress(Throwable cause) {
        return cause instanceof SocketException || cause instanceof TimeoutException;
    }

    /** Why there is no response to what was sent. */
    static String ofResponse(Throwable cause) {
        return cause instanceof HttpClosedException || cause instanceof IOException
                ? "it closed the connection without an answer"
                : "it answered with what is not HTTP";
    }

    private static boolean isOfCertificate(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (cause instanceof CertificateException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
