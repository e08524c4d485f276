package dev.millrace.http.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.restassured.RestAssured;

/** HTTP/1 as bytes: requests that no client library would send, and every header field of the responses. */
final class RawHttp {

    private RawHttp() {}

    /**
     * A response.
     *
     * @param headers lines as {@code name: value}, the names in lower case, in alphabetical order
     * @param body bytes as ISO 8859-1
     */
    record Response(int status, List<String> headers, String body) {

        static Response read(InputStream stream, boolean head) throws IOException {
            DataInputStream in = new DataInputStream(stream);
            int status = Integer.parseInt(line(in).split(" ")[1]);
            List<String> headers = new ArrayList<>();
            int length = 0;
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                int colon = line.indexOf(':');
                String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
                String value = line.substring(colon + 1).strip();
                headers.add(name + ": " + value);
                if (name.equals("transfer-encoding")) {
                    throw new IOException("not expected here: " + line);
                }
                length = name.equals("content-length") ? Integer.parseInt(value) : length;
            }
            headers.sort(null);
            return new Response(status, headers,
                    new String(in.readNBytes(head || status == 304 ? 0 : length), ISO_8859_1));
        }

        private static String line(DataInputStream in) throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.readByte(); b != '\n'; b = in.readByte()) {
                line.write(b);
            }
            return line.toString(ISO_8859_1).stripTrailing();
        }
    }

    /** Sends bytes and reads as many responses; {@code head} if they have no bodies. */
    static List<Response> exchange(String request, int responses, boolean head) throws IOException {
        try (Socket socket = open()) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            List<Response> read = new ArrayList<>();
            for (int i = 0; i < responses; i++) {
                read.add(Response.read(socket.getInputStream(), head));
            }
            return read;
        }
    }

    /** Sends each byte by itself and reads one response. */
    static Response exchangeInPieces(String request) throws IOException {
        try (Socket socket = open()) {
            for (byte b : request.getBytes(ISO_8859_1)) {
                socket.getOutputStream().write(b);
                socket.getOutputStream().flush();
            }
            return Response.read(socket.getInputStream(), false);
        }
    }

    private static Socket open() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port);
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        return socket;
    }
}
