package dev.millrace.queue.mail;

import static dev.millrace.Api.ADMIN;
import static dev.millrace.Api.OTHER;
import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.as;
import static dev.millrace.Api.json;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;

import dev.millrace.queue.worker.ProcessorsProfile;

/** Jobs that are mail to send. */
@QuarkusTest
@TestProfile(ProcessorsProfile.class)
class MailTest {

    private static final String QUEUE = "/v1/queues/mail";
    private static final Pattern ENCODED = Pattern.compile("=\\?UTF-8\\?B\\?([^?]*)\\?=(?:\r\n (?==\\?))?");
    private final String someone = "ada-" + UUID.randomUUID() + "@example.com";

    SmtpSink sink;

    @BeforeEach
    void keepWhatIsCompleted() {
        as(ADMIN, json("{'retention':{'completed':'1h'}}")).put(QUEUE);
    }

    private static String enqueue(String data) {
        return enqueue(data, 3);
    }

    private static String enqueueOnce(String data) {
        return enqueue(data, 1);
    }

    private static String enqueue(String data, int attempts) {
        return as(WORKER,
                json("{'type':'mail','maxAttempts':" + attempts + ",'backoff':{'type':'fixed','delay':'10ms'},'data':"
                        + data + "}"))
                .post(QUEUE + "/jobs").then().statusCode(201).extract().path("id");
    }

    private static ValidatableResponse ends(String id, String state) {
        await().atMost(Duration.ofSeconds(30)).until(
                () -> state.equals(as(WORKER).get(QUEUE + "/jobs/" + id).path("state")));
        return as(WORKER).get(QUEUE + "/jobs/" + id).then();
    }

    private SmtpSink.Received only(String recipient) {
        List<SmtpSink.Received> mails = sink.received.stream().filter(m -> m.recipients().contains(recipient)).toList();
        assertEquals(1, mails.size());
        return mails.get(0);
    }

    private static String field(SmtpSink.Received mail, String name) {
        String unfolded = ENCODED.matcher(mail.content()).replaceAll(
                word -> new String(Base64.getDecoder().decode(word.group(1)), StandardCharsets.UTF_8));
        List<String> found = unfolded.substring(0, unfolded.indexOf("\r\n\r\n")).replace("\r\n ", " ").lines()
                .filter(line -> line.startsWith(name + ": ")).toList();
        assertEquals(1, found.size(), () -> name + " in " + unfolded);
        return found.get(0).substring(name.length() + 2);
    }

    @Test
    void aMailArrivesAsItWasWritten() {
        String subject = "Grüße, Zoë 💧 ".repeat(12).strip();
        String id = enqueue("{'to':['" + someone + "','\\\"Lovelace, A.\\\" <a.l@example.com>'],"
                + "'cc':['Zoë 💧 <zoe@example.com>'],'bcc':['boss@example.com'],'replyTo':'help@example.com',"
                + "'subject':'" + subject + "','text':'Grüße 💧\\r\\n.\\nEnd','headers':{'X-Campaign':'été'}}");
        ends(id, "completed").body("result.messageId", equalTo("<main-mail." + id + "@example.com>"));
        SmtpSink.Received mail = only(someone);
        assertEquals("shop@example.com", mail.from());
        assertEquals(List.of(someone, "a.l@example.com", "zoe@example.com", "boss@example.com"), mail.recipients());
        assertEquals("\"Shop\" <shop@example.com>", field(mail, "From"));
        assertEquals(someone + ", \"Lovelace, A.\" <a.l@example.com>", field(mail, "To"));
        assertEquals("Zoë 💧 <zoe@example.com>", field(mail, "Cc"));
        assertEquals("help@example.com", field(mail, "Reply-To"));
        assertEquals(subject, field(mail, "Subject"));
        assertEquals("été", field(mail, "X-Campaign"));
        assertEquals("<main-mail." + id + "@example.com>", field(mail, "Message-ID"));
        assertFalse(mail.content().contains("boss"), "bcc is not told");
        assertTrue(mail.content().contains("Gr=C3=BC=C3=9Fe =F0=9F=92=A7\r\n..\r\nEnd\r\n"), mail::content);
        assertFalse(Pattern.compile("[^\r]\n").matcher(mail.content()).find(), "no bare line feeds");
    }

    @Test
    void textAndHtmlAreAlternatives() {
        ends(enqueue("{'from':'A B <ab@shop.example>','to':['" + someone + "'],'text':'plain','html':'<b>bold</b>'}"),
                "completed");
        SmtpSink.Received mail = only(someone);
        assertEquals("ab@shop.example", mail.from());
        assertEquals("\"A B\" <ab@shop.example>", field(mail, "From"));
        assertTrue(field(mail, "Content-Type").startsWith("multipart/alternative"), mail::content);
        assertTrue(mail.content().contains("plain") && mail.content().contains("<b>bold</b>"), mail::content);
    }

    @Test
    void aMailHasNoEmptyFields() {
        ends(enqueue("{'to':['" + someone + "'],'text':'x','cc':[],'bcc':[]}"), "completed");
        String content = only(someone).content();
        String head = content.substring(0, content.indexOf("\r\n\r\n"));
        List<String> empty = head.replace("\r\n ", " ").lines().filter(line -> line.matches("[^:]*:\\s*")).toList();
        assertEquals(List.of(), empty);
        for (String name : List.of("Cc", "Bcc", "Reply-To", "Subject")) {
            assertFalse(Pattern.compile("(?mi)^" + name + ":").matcher(head).find(), head);
        }
    }

    @Test
    void mailThatTheServerDoesNotTakeYetIsTriedAgain() {
        String busy = "busy-" + someone;
        ends(enqueue("{'to':['" + busy + "'],'text':'x'}"), "completed").body("attempt", equalTo(2)).body("error",
                containsString("451 4.3.0"));
        only(busy);
    }

    @Test
    void mailThatTheServerRefusesForGoodIsDead() {
        ends(enqueue("{'to':['" + someone + "','nobody-" + someone + "'],'text':'x'}"), "dead")
                .body("attempt", equalTo(1)).body("error", containsString("550 5.1.1 No such user"));
        assertTrue(sink.received.stream().noneMatch(m -> m.recipients().contains(someone)));
    }

    @Test
    void mailThatIsLargerThanTheServerTakesIsDead() {
        ends(enqueue("{'to':['" + someone + "'],'text':'" + "x".repeat(SmtpSink.MOST_BYTES) + "'}"), "dead")
                .body("attempt", equalTo(1)).body("error", equalTo("The mail is larger than the mail server accepts"));
    }

    @Test
    void aServerThatHangsUpIsToldOfInOurWords() {
        ends(enqueueOnce("{'to':['rude-" + someone + "'],'text':'x'}"), "dead").body("error",
                equalTo("Cannot reach the mail server"));
    }

    @Test
    void aServerThatDoesNotAnswerIsWaitedForSoLongOnly() {
        ends(enqueueOnce("{'to':['silent-" + someone + "'],'text':'x'}"), "dead").body("error",
                equalTo("Took longer than PT4S"));
    }

    @Test
    void dataThatIsNoMailIsDeadAtOnceAndSaysWhy() {
        String to = "'to':['" + someone + "']";
        for (String[] bad : new String[][]{
                {"{'to':['a@example.com\\r\\nBcc: b@example.com'],'text':'x'}", "to[0] must be an address"},
                {"{" + to + ",'text':'x','subject':'a\\nBcc: b@example.com'}", "subject must not contain line breaks"},
                {"{" + to + ",'text':'x','headers':{'X-A':'a\\rb'}}", "headers.X-A must not contain line breaks"},
                {"{" + to + ",'text':'x','headers':{'X-A: b\\r\\nX-C':'a'}}", "headers must have names"},
                {"{" + to + ",'text':'x','headers':{'bcc':'a@example.com'}}", "headers.bcc must not be set here"},
                {"{" + to + ",'text':'x','headers':{'Content-Type':'text/x'}}", "must not be set here"},
                {"{" + to + ",'text':'x','replyTo':'a\\n@example.com'}", "replyTo must be an address"},
                {"{" + to + ",'text':'x','from':'a@example.com>'}", "from must be an address"},
                {"{" + to + "}", "text must be given, or html"}, {"{'text':'x'}", "to must have at least one"},
                {"{'to':[" + "'a@b.c',".repeat(100) + "'a@b.c'],'text':'x'}", "at most 100 addresses"},
                {"{" + to + ",'text':'x','colour':1}", "colour"}, {"{'to':'a@example.com','text':'x'}", "to must"},
                {"[]", "data is not"}, {"null", "data must be given"}}) {
            ends(enqueue(bad[0]), "dead").body("attempt", equalTo(1)).body("error", containsString(bad[1]));
        }
        String id = as(WORKER, json("{'type':'email','data':{" + to + ",'text':'x'}}")).post(QUEUE + "/jobs").then()
                .statusCode(201).extract().path("id");
        ends(id, "dead").body("error", equalTo("The type must be mail"));
        assertTrue(sink.received.stream().noneMatch(m -> m.recipients().contains(someone)));
    }

    @Test
    void mailOfTenantsThatMayNotSendStaysWhereItIs() {
        as(OTHER, json("{'type':'mail','data':{'to':['" + someone + "'],'text':'x'}}")).post(QUEUE + "/jobs").then()
                .statusCode(201);
        as(OTHER, "{}").post(QUEUE + "/reserve").then().statusCode(200).body("jobs.size()", equalTo(1));
    }
}
