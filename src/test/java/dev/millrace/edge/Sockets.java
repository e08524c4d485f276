package dev.millrace.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;

/** Requests and responses over sockets of their own, so that a test decides what is sent and what is read, and when. */
final class Sockets {

    private static final int PATIENCE_MS = 180_000;

    private Sockets() {}

    /** @param head status line and header fields in lower case */
    record Answer(int status, String head, byte[] body) {

        boolean has(String field) {
            return head.contains("\r\n" + field + "\r\n");
        }

        @Override
        public String toString() {
            return head + (body.length < 1000 ? new String(body, ISO_8859_1) : body.length + " bytes");
        }
    }

    /** Sends the head of a request; {@code fields} end with a line break each. */
    static Socket open(int port, String requestLine, String key, String fields) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(PATIENCE_MS);
        socket.getOutputStream().write((requestLine + "\r\nHost: a\r\nAuthorization: Bearer " + key + "\r\n" + fields
                + "\r\n").getBytes(ISO_8859_1));
        return socket;
    }

    /** Sends a request as HTTP/1.1 and reads the response. */
    static Answer send(int port, String method, String path, String key, String type, byte[] body) throws IOException {
        String fields = (body.length == 0 ? "" : "Content-Type: " + type + "\r\n") + "Content-Length: " + body.length
                + "\r\n";
        try (Socket socket = open(port, method + " " + path + " HTTP/1.1", key, fields)) {
            socket.getOutputStream().write(body);
            return answer(socket, method.equals("HEAD"));
        }
    }

    /** Reads a response. */
    static Answer answer(Socket socket, boolean head) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        StringBuilder lines = new StringBuilder();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            lines.append(line.toLowerCase(Locale.ROOT)).append("\r\n");
        }
        String fields = lines.toString();
        int status = Integer.parseInt(fields.split(" ")[1].strip());
        if (status == 100) {
            return answer(socket, head);
        }
        return new Answer(status, fields, head || status == 204 || status == 304 ? new byte[0] : body(in, fields));
    }

    private static byte[] body(DataInputStream in, String fields) throws IOException {
        int at = fields.indexOf("\r\ncontent-length: ");
        if (at >= 0) {
            int from = at + "\r\ncontent-length: ".length();
            return in.readNBytes(Integer.parseInt(fields.substring(from, fields.indexOf('\r', from))));
        }
        if (!fields.contains("\r\ntransfer-encoding: chunked\r\n")) {
            return in.readAllBytes();
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static String line(DataInputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.readByte(); b != '\n'; b = in.readByte()) {
            line.write(b);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }
}
