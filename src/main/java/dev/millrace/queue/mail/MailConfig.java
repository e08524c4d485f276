package dev.millrace.queue.mail;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of sending mail. The mail server is configured with Quarkus' own settings, {@code quarkus.mailer}. */
@ConfigMapping(prefix = "millrace.queue.mail")
public interface MailConfig {

    /** The queue whose jobs are mails to send. Without it, no mail is sent. */
    Optional<String> queue();

    /** Maximum number of mails sent at once, by each replica and for each tenant: 1 to 1000. */
    @WithDefault("10")
    @Min(1)
    @Max(1000)
    int concurrency();

    /** Maximum time to send a mail, with the wait for a connection. A longer attempt is a failure. */
    @WithDefault("1M")
    Duration timeout();

    /** The tenants that may send mail; all if absent. */
    Optional<Set<String>> tenants();
}
