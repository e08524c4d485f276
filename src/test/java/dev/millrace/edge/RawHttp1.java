package dev.millrace.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** An HTTP/1.1 connection as bytes: sends what a test writes, correct or not, and reads responses as they were sent. */
public final class RawHttp1 implements Closeable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMEOUT_MS = 60_000;

    private final Socket socket;
    private final InputStream in;

    /** Connects to a port of this machine. */
    public RawHttp1(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * A response.
     *
     * @param version such as {@code HTTP/1.1}
     * @param fields lines as they were sent
     * @param body without the transfer coding
     */
    public record Response(String version, int status, List<String> fields, byte[] body) {

        /** Returns the values of a header field, in their order. */
        public List<String> values(String name) {
            return fields.stream().filter(field -> field.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(field -> field.substring(name.length() + 1).strip()).toList();
        }

        /** Returns the value of a header field that is there at most once, or an empty string. */
        public String value(String name) {
            List<String> values = values(name);
            if (values.size() > 1) {
                throw new IllegalStateException(fields.toString());
            }
            return values.isEmpty() ? "" : values.get(0);
        }

        public String text() {
            return new String(body, UTF_8);
        }

        public JsonNode json() throws IOException {
            return JSON.readTree(body);
        }
    }

    /** Sends characters as one byte each. */
    public RawHttp1 send(String bytes) throws IOException {
        return send(bytes.getBytes(ISO_8859_1));
    }

    public RawHttp1 send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Ends the client's direction of the connection. */
    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads the response to a request with any method but HEAD. */
    public Response read() throws IOException {
        return read(false);
    }

    /** Reads a response; {@code head} if it has no body. */
    public Response read(boolean head) throws IOException {
        String[] line = line().split(" ", 3);
        int status = Integer.parseInt(line[1]);
        List<String> fields = new ArrayList<>();
        for (String field = line(); !field.isEmpty(); field = line()) {
            fields.add(field);
        }
        Response response = new Response(line[0], status, List.copyOf(fields), new byte[0]);
        if (head || status < 200 || status == 204 || status == 304) {
            return response;
        }
        return new Response(line[0], status, response.fields(), body(response));
    }

    private byte[] body(Response head) throws IOException {
        if (!head.value("Transfer-Encoding").isEmpty()) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(exactly(size));
                line();
            }
            line();
            return body.toByteArray();
        }
        String length = head.value("Content-Length");
        return length.isEmpty() ? in.readAllBytes() : exactly(Integer.parseInt(length));
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("after " + bytes.length + " of " + length + " bytes of the body");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("after: " + line.toString(ISO_8859_1));
            }
            line.write(b);
        }
        String text = line.toString(ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** Waits for the next byte, or the end. Returns whether the server has ended the connection. Fails if it was reset. */
    public boolean isAtEnd() throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            return true;
        }
        in.reset();
        return false;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
