package dev.millrace.queue.mail;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

import dev.millrace.config.BoundedConfig;
import dev.millrace.config.Bounds;

/** Settings of sending mail. The mail server is configured with Quarkus' own settings, {@code quarkus.mailer}. */
@ConfigMapping(prefix = "millrace.queue.mail")
public interface MailConfig extends BoundedConfig {

    /** The queue whose jobs are mails to send. Without it, no mail is sent. */
    Optional<String> queue();

    /** Maximum number of mails sent at once, by each replica and for each tenant: 1 to 1000. */
    @WithDefault("10")
    int concurrency();

    /** Maximum time to send a mail, with the wait for a connection. A longer attempt is a failure. */
    @WithDefault("1M")
    Duration timeout();

    /** The tenants that may send mail; all if absent. */
    Optional<Set<String>> tenants();

    @Override
    default void check(Bounds bounds) {
        bounds.between("millrace.queue.mail.concurrency", concurrency(), 1, 1000);
    }
}
