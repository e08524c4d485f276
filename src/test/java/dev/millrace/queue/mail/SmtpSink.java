package dev.millrace.queue.mail;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import dev.millrace.LoopbackServer;

/**
 * A mail server on loopback that keeps what it is sent. A recipient {@code busy...} is put off with 451 the first time, and
 * {@code nobody...} refused with 550; {@code silent...} gets no answer, and at {@code rude...} it hangs up. A field of this type
 * in a test is filled in.
 */
public class SmtpSink implements QuarkusTestResourceLifecycleManager {

    /** @param content as it came, with line ends; a byte is a character */
    record Received(String from, List<String> recipients, String content) {}

    static final int MOST_BYTES = 200_000;

    final List<Received> received = new CopyOnWriteArrayList<>();
    private final Map<String, Boolean> putOff = new ConcurrentHashMap<>();
    private LoopbackServer server;

    @Override
    public Map<String, String> start() {
        server = new LoopbackServer("smtp-sink", this::converse);
        return Map.of("quarkus.mailer.host", "127.0.0.1", "quarkus.mailer.port",
                Integer.toString(server.port()), "quarkus.mailer.from", "Shop <shop@example.com>");
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, new TestInjector.MatchesType(SmtpSink.class));
    }

    @Override
    public void stop() {
        server.close();
    }

    private void converse(Socket socket) throws IOException {
        try (OutputStream out = socket.getOutputStream();
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            say(out, "220 sink");
            String from = "";
            List<String> recipients = new ArrayList<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String verb = line.substring(0, Math.min(4, line.length()));
                switch (verb) {
                    case "EHLO" -> say(out, "250-sink\r\n250-SIZE " + MOST_BYTES + "\r\n250 PIPELINING");
                    case "MAIL" -> {
                        from = address(line);
                        recipients = new ArrayList<>();
                        say(out, "250 ok");
                    }
                    case "RCPT" -> {
                        if (address(line).startsWith("rude")) {
                            return;
                        } else if (!address(line).startsWith("silent")) {
                            say(out, recipient(address(line), recipients));
                        }
                    }
                    case "DATA" -> {
                        say(out, "354 go on");
                        String content = content(in);
                        if (!recipients.isEmpty()) {
                            received.add(new Received(from, recipients, content));
                        }
                        say(out, "250 ok");
                    }
                    case "QUIT" -> {
                        say(out, "221 bye");
                        return;
                    }
                    default -> say(out, "250 ok");
                }
            }
        }
    }

    private String recipient(String address, List<String> recipients) {
        if (address.startsWith("nobody")) {
            return "550 5.1.1 No such user";
        }
        if (address.startsWith("busy") && putOff.putIfAbsent(address, true) == null) {
            return "451 4.3.0 Try again later";
        }
        recipients.add(address);
        return "250 ok";
    }

    private static String address(String line) {
        return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
    }

    /** What is sent after DATA, up to the line with a single dot; a client that hangs up before it has sent nothing. */
    private static String content(BufferedReader in) throws IOException {
        StringBuilder content = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(".")) {
                return content.toString();
            }
            content.append(line).append("\r\n");
        }
        throw new EOFException("hung up before the end of the mail");
    }

    private static void say(OutputStream out, String reply) throws IOException {
        out.write((reply + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
