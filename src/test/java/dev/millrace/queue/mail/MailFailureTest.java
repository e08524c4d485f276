package dev.millrace.queue.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Test;

import io.vertx.ext.mail.SMTPException;

import dev.millrace.queue.worker.DeadJobException;

import javax.net.ssl.SSLHandshakeException;

/** What is told of a mail that was not sent is the server's answer, or names no host. */
class MailFailureTest {

    private static SMTPException answer(String message, int code) {
        return new SMTPException(message, code, List.of(code + " 5.1.1 No"), false);
    }

    @Test
    void whatIsNoAnswerOfTheServerIsToldInOurWords() {
        for (Exception failure : List.of(new ConnectException("Connection refused: smtp.internal/10.0.0.7:25"),
                new UnknownHostException("smtp.internal"), new SSLHandshakeException("No name smtp.internal found"),
                new TimeoutException("no connection to smtp.internal:25"))) {
            assertEquals("Cannot reach the mail server", MailFailure.of(failure).getMessage());
            assertFalse(MailFailure.of(failure) instanceof DeadJobException);
        }
        assertEquals("Cannot send the mail (IllegalStateException)",
                MailFailure.of(new IllegalStateException("smtp.internal")).getMessage());
    }

    @Test
    void whatTheServerAnswersIsToldAsItIs() {
        SMTPException later = answer("recipient address not accepted", 451);
        assertSame(later, MailFailure.of(later));
        SMTPException login = answer("AUTH failed", 535);
        assertSame(login, MailFailure.of(login));
        SMTPException never = answer("recipient address not accepted", 550);
        assertInstanceOf(DeadJobException.class, MailFailure.of(never));
        assertEquals(never.getMessage(), MailFailure.of(never).getMessage());
    }
}
