package dev.millrace.queue.mail;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.quarkus.mailer.Mail;
import io.quarkus.mailer.reactive.ReactiveMailer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.ext.mail.MailMessage;
import io.vertx.mutiny.ext.mail.MailClient;

/**
 * Sends mails through the mail client of Quarkus, with its settings. It does not use Quarkus' mailer, because that writes an empty
 * {@code Cc} field into every mail without one, and RFC 5322 requires an address there.
 */
@Singleton
class MailSender {

    private static final Logger LOG = Logger.getLogger(MailSender.class);

    private final Instance<MailClient> client;
    private final Instance<ReactiveMailer> mailer;
    private final boolean mock;
    private final @Nullable String bounceAddress;
    private final List<Pattern> approved;

    /**
     * @param client created only when there is mail to send
     * @param mailer used if it only logs the mails
     */
    MailSender(Instance<MailClient> client, Instance<ReactiveMailer> mailer,
            @ConfigProperty(name = "quarkus.mailer.mock", defaultValue = "false") boolean mock,
            @ConfigProperty(name = "quarkus.mailer.bounce-address") Optional<String> bounceAddress,
            @ConfigProperty(name = "quarkus.mailer.approved-recipients") Optional<List<String>> approved) {
        this.client = client;
        this.mailer = mailer;
        this.mock = mock;
        this.bounceAddress = bounceAddress.orElse(null);
        this.approved = approved.orElse(List.of()).stream().map(String::strip)
                .map(pattern -> Pattern.compile(pattern, Pattern.CASE_INSENSITIVE)).toList();
    }

    /** Sends a mail. Completes when the mail server has accepted it. */
    Uni<Void> send(Mail mail) {
        return mock ? mailer.get().send(mail) : Uni.createFrom().deferred(() -> sendNow(mail));
    }

    private Uni<Void> sendNow(Mail mail) {
        MailMessage message = new MailMessage().setBounceAddress(bounceAddress).setFrom(mail.getFrom())
                .setTo(recipients(mail.getTo())).setCc(recipients(mail.getCc())).setBcc(recipients(mail.getBcc()))
                .setText(mail.getText()).setHtml(mail.getHtml());
        if (message.getTo() == null && message.getCc() == null && message.getBcc() == null) {
            LOG.warn("A mail was not sent, because quarkus.mailer.approved-recipients allows none of its recipients");
            return Uni.createFrom().voidItem();
        }
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        mail.getHeaders().forEach(headers::add);
        return client.get().sendMail(message.setHeaders(headers)).replaceWithVoid();
    }

    /** The recipients that the configuration allows; null if there are none, since an empty list would become an empty field. */
    private @Nullable List<String> recipients(List<String> addresses) {
        List<String> allowed = approved.isEmpty()
                ? addresses
                : addresses.stream().filter(address -> approved.stream()
                        .anyMatch(pattern -> pattern.matcher(address).matches())).toList();
        return allowed.isEmpty() ? null : allowed;
    }
}
