package dev.millrace.queue.mail;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

import io.vertx.ext.mail.SMTPException;

import dev.millrace.queue.worker.DeadJobException;

/** The error to store when a mail was not sent: the mail server's words or Millrace's own, since other messages may name hosts. */
final class MailFailure {

    /** Replies about the login of Millrace, not about the mail. */
    private static final Set<Integer> LOGIN_REFUSED = Set.of(530, 534, 535, 538);

    private MailFailure() {}

    /** The failure to report in place of the mail client's. It is a {@link DeadJobException} if a retry is useless. */
    static Throwable of(Throwable failure) {
        if (failure instanceof SMTPException smtp) {
            return isForGood(smtp) ? new DeadJobException(requireNonNull(smtp.getMessage()), smtp) : smtp;
        }
        // The mail client's own words: it does not send mails that are larger than the server announced.
        if ("message exceeds allowed size limit".equals(failure.getMessage())) {
            return new DeadJobException("The mail is larger than the mail server accepts", failure);
        }
        return new IOException(failure instanceof IOException || failure instanceof TimeoutException
                ? "Cannot reach the mail server"
                : "Cannot send the mail (" + failure.getClass().getSimpleName() + ")", failure);
    }

    private static boolean isForGood(SMTPException failure) {
        return failure.isPermanent() && !LOGIN_REFUSED.contains(failure.getReplyCode())
                && !requireNonNull(failure.getMessage()).startsWith("got error response");
    }
}
