package dev.millrace.queue.api;

import static dev.millrace.Api.WORKER;
import static dev.millrace.Api.json;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.response.Response;

/** The short way answers what the REST layer answers, which a charset behind the media type makes a call take. */
@QuarkusTest
class WorkShortcutTest {

    private final String queue = "/v1/queues/short-" + UUID.randomUUID();

    private Response post(String type, String path, byte[] body) {
        return given().config(RestAssured.config()
                .encoderConfig(
                        EncoderConfig.encoderConfig().appendDefaultContentCharsetToContentTypeIfUndefined(false)))
                .header("Authorization", "Bearer " + WORKER).contentType(type).body(body).post(path);
    }

    private static String seen(Response response) {
        String type = response.contentType();
        // Jobs differ by their ids and times.
        return response.statusCode() + " " + type + " " + response.asString().replaceAll("\\d{12,}", "<id>")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "<time>");
    }

    private String[] both(String path, String body) {
        byte[] bytes = json(body).getBytes(StandardCharsets.UTF_8);
        return new String[]{seen(post("application/json;charset=UTF-8", path, bytes)),
                seen(post("application/json", path, bytes))};
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, value = {
            "jobs|{'type':'t','data':{'a':1}}|201", "jobs|{'jobs':[{'type':'t'},{'type':'u','delay':'1h'}]}|201",
            "jobs|null|400", "jobs|` `|400", "reserve|` `|200", "complete|` `|400", "jobs|{|400", "jobs|{} {}|400",
            "jobs|{'type':'t','typo':1}|400", "jobs|{'type':1}|400",
            "jobs|{'type':'t','priority':1.5}|400", "jobs|{'type':'t','delay':'1 h'}|400", "jobs|{'jobs':[]}|400",
            "jobs|{'jobs':[{'type':'t'},null]}|400", "jobs|[]|400", "jobs|{'type':'t','type':'t'}|400",
            "reserve|{'max':5}|200", "reserve|{'max':0}|400", "reserve|null|200", "reserve|{'wait':'31s'}|400",
            "complete|{'results':[{'id':'1','leaseToken':'1.1'}]}|404", "complete|{'results':[]}|400",
            "complete|{'results':[{'id':'x'}],'reserve':{'max':-1}}|400",
            "complete|{'results':[{'id':'1','leaseToken':'1.1'},{'id':'2','leaseToken':'2.1'}],'reserve':{}}|200"})
    void eitherWayAnswersTheSame(String verb, String body, int status) {
        String[] answers = both(queue + "/" + verb, body);

        assertEquals(answers[0], answers[1]);
        assertTrue(
                answers[1].startsWith(
                        status + " application/" + (status < 400 ? "json;charset=UTF-8" : "problem+json") + " {"),
                answers[1]);
    }

    @Test
    void aDuplicateIsAnsweredTheSame() {
        String job = "{'type':'t','uniqueKey':'u'}";
        post("application/json", queue + "/jobs", json(job).getBytes(StandardCharsets.UTF_8)).then().statusCode(201);

        String[] answers = both(queue + "/jobs", job);

        assertTrue(answers[0].startsWith("200 "), answers[0]);
        assertEquals(answers[0], answers[1]);
    }

    @ParameterizedTest
    @CsvSource({"/v1/queues/../jobs", "/v1/queues/./jobs", "/v1/queues/a%20b/jobs", "/v1/queues/a;b/jobs",
            "/v1/queues//jobs", "/v1/queues/a/jobs/", "/v1/queues/%61/jobs"})
    void oddPathsAreAnsweredTheSame(String path) throws IOException {
        assertEquals(raw(path, "application/json;charset=UTF-8", "{\"type\":1}", true),
                raw(path, "application/json", "{\"type\":1}", true));
    }

    @Test
    void aBodyMayComeInPieces() throws IOException {
        String answer = raw(queue + "/jobs", "application/json", "{\"type\":\"t\"}", false);

        assertTrue(answer.contains(" 201 ") && answer.endsWith("\"duplicate\":false}"), answer);
    }

    @Test
    void whoHasNoKeyIsRefusedUnread() throws IOException {
        given().contentType("application/json").body("{").post(queue + "/jobs").then().statusCode(401);
    }

    /** As it is sent, and what comes back until the end of the connection. */
    private static String raw(String path, String type, String body, boolean atOnce) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
            socket.setSoTimeout(30_000);
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                    + WORKER + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
            if (atOnce) {
                out.write((head + body).getBytes(StandardCharsets.US_ASCII));
            } else {
                for (byte b : (head + body).getBytes(StandardCharsets.US_ASCII)) {
                    out.write(b);
                    out.flush();
                }
            }
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
