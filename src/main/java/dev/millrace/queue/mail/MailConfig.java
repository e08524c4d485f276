package dev.millrace.queue.mail;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of sending mail; the mail server is set by Quarkus' own, {@code quarkus.mailer}. */
@ConfigMapping(prefix = "millrace.queue.mail")
public interface MailConfig {

    /** The queue whose jobs are mail to send; without it, none is sent. */
    Optional<String> queue();

    /** Mails sent at once, by each replica and for each tenant. */
    @WithDefault("10")
    @Min(1)
    @Max(1000)
    int concurrency();

    /** How long the mail server may take for a mail, with the wait for a connection, before it is a failure. */
    @WithDefault("1M")
    Duration timeout();

    /** The tenants that may send mail; all, if it is absent. */
    Optional<Set<String>> tenants();
}
