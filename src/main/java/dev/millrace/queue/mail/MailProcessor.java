package dev.millrace.queue.mail;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import jakarta.inject.Singleton;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import io.quarkus.mailer.Mail;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.Violation;
import dev.millrace.queue.worker.DeadJobException;
import dev.millrace.queue.worker.JobContext;
import dev.millrace.queue.worker.JobProcessor;

/**
 * Sends the mails that are the jobs of one queue. A mail that can never be sent is dead at once: its data is not valid, or
 * the mail server refuses it permanently. Any other error is a failure. A mail may be sent twice, as any job may run twice;
 * both have the same Message-ID.
 */
@Singleton
class MailProcessor implements JobProcessor {

    static final String TYPE = "mail";
    private static final Logger LOG = Logger.getLogger(MailProcessor.class);

    private final MailConfig config;
    private final Optional<String> defaultFrom;
    private final MailSender sender;
    private final AtomicBoolean failing = new AtomicBoolean();

    /** The result of a mail that was sent. */
    @RegisterForReflection
    record Sent(String messageId) {}

    MailProcessor(MailConfig config, @ConfigProperty(name = "quarkus.mailer.from") Optional<String> defaultFrom,
            MailSender sender) {
        this.config = config;
        this.defaultFrom = defaultFrom;
        this.sender = sender;
    }

    @Override
    public boolean serves(String tenant) {
        return config.queue().isPresent() && config.tenants().map(tenants -> tenants.contains(tenant)).orElse(true);
    }

    @Override
    public String queue() {
        return config.queue().orElseThrow();
    }

    @Override
    public int concurrency() {
        return config.concurrency();
    }

    /** Bounds each attempt, because the mail client waits for its server without limit. */
    @Override
    public Duration timeout() {
        return config.timeout();
    }

    @Override
    public Uni<Sent> process(JobContext job) {
        if (!TYPE.equals(job.job().type())) {
            throw new DeadJobException("The type must be " + TYPE);
        }
        MailData data = job.data(MailData.class);
        List<Violation> violations = data.violations();
        if (!violations.isEmpty()) {
            throw new DeadJobException(
                    violations.stream().map(v -> v.field() + ' ' + v.message()).collect(Collectors.joining("; ")));
        }
        MailAddress from = MailAddress.parse(data.from() == null ? defaultFrom.orElse(null) : data.from());
        if (from == null) {
            throw new DeadJobException("from must be given, because quarkus.mailer.from is not a valid address");
        }
        Sent sent = new Sent(messageId(job, from));
        return sender.send(mail(data, from, sent.messageId())).replaceWith(sent)
                .invoke(() -> failing.set(false)).onFailure().transform(this::told);
    }

    /** The same for every attempt, so that receivers can recognize duplicates. */
    private static String messageId(JobContext job, MailAddress from) {
        String queue = job.queue().tenant() + '-' + job.queue().queue();
        return '<' + queue.replace('.', '-') + '.' + job.job().id() + '@' + from.domain() + '>';
    }

    private static Mail mail(MailData data, MailAddress from, String messageId) {
        Mail mail = new Mail().setFrom(from.address()).setTo(addresses(data.to())).setCc(addresses(data.cc()))
                .setBcc(addresses(data.bcc())).setText(body(data.text())).setHtml(body(data.html()));
        data.headers().forEach((name, value) -> mail.addHeader(name, HeaderText.of(value)));
        mail.addHeader("Message-ID", messageId);
        mail.addHeader("From", from.written());
        mail.addHeader("To", written(data.to()));
        if (!data.cc().isEmpty()) {
            mail.addHeader("Cc", written(data.cc()));
        }
        if (data.replyTo() != null) {
            mail.addHeader("Reply-To", written(List.of(data.replyTo())));
        }
        if (data.subject() != null) {
            mail.addHeader("Subject", HeaderText.of(data.subject()));
        }
        return mail;
    }

    private static List<String> addresses(List<String> texts) {
        return texts.stream().map(text -> requireNonNull(MailAddress.parse(text)).address()).toList();
    }

    private static String written(List<String> texts) {
        return texts.stream().map(text -> requireNonNull(MailAddress.parse(text)).written())
                .collect(Collectors.joining(",\r\n "));
    }

    /** Uses line feeds only, because the mail client ends lines itself at line feeds. */
    private static @Nullable String body(@Nullable String text) {
        return text == null ? null : text.replace("\r\n", "\n").replace('\r', '\n');
    }

    private Throwable told(Throwable failure) {
        Throwable told = MailFailure.of(failure);
        if (told instanceof IOException && !failing.getAndSet(true)) {
            LOG.warnf("Mail cannot be sent: %s; further failures are not logged until a mail is sent", failure);
        }
        return told;
    }
}
