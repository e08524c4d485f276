package dev.millrace.queue.mail;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

import io.vertx.ext.mail.SMTPException;

import dev.millrace.queue.worker.DeadJobException;

/** Why a mail was not sent, as it may be told: in the mail server's words, or in our own, for others may name hosts. */
final class MailFailure {

    /** Replies that are about the service's login, not about the mail. */
    private static final Set<Integer> LOGIN_REFUSED = Set.of(530, 534, 535, 538);

    private MailFailure() {}

    /** The failure to tell in place of the mail client's; of a dead job if it is no use to try again. */
    static Throwable of(Throwable failure) {
        if (failure instanceof SMTPException smtp) {
            return isForGood(smtp) ? new DeadJobException(smtp.getMessage(), smtp) : smtp;
        }
        // The client's words, who does not even send what the server said it would not take.
        if ("message exceeds allowed size limit".equals(failure.getMessage())) {
            return new DeadJobException("The mail is larger than the mail server takes", failure);
        }
        return new IOException(failure instanceof IOException || failure instanceof TimeoutException
                ? "Cannot reach the mail server"
                : "Cannot send the mail (" + failure.getClass().getSimpleName() + ")", failure);
    }

    private static boolean isForGood(SMTPException failure) {
        return failure.isPermanent() && !LOGIN_REFUSED.contains(failure.getReplyCode())
                && !failure.getMessage().startsWith("got error response");
    }
}
