package dev.millrace.edge;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.provider.Arguments;

/** Requests that RFC 9112 forbids, each with the status that a server must or should respond with, for any path and port. */
final class MalformedRequests {

    private static final String HOST = "Host: localhost\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String NO_CHUNK = "0\r\n\r\n";

    private final List<Arguments> cases = new ArrayList<>();

    private MalformedRequests() {}

    private void add(String name, int status, String request) {
        cases.add(arguments(name, status, request));
    }

    private void line(String line, int status) {
        add("line: " + shown(line), status, line + "\r\n" + HOST + "\r\n");
    }

    /** A POST whose fields follow a correct Host. */
    private void fields(String fields, int status) {
        add("fields: " + shown(fields), status, "POST /a HTTP/1.1\r\n" + HOST + fields + "\r\n\r\n" + NO_CHUNK);
    }

    /** A POST whose fields are all that is given. */
    private void host(String fields) {
        add("host: " + shown(fields), 400, "POST /a HTTP/1.1\r\n" + fields + "\r\n");
    }

    private static String shown(String text) {
        String short_ = text.length() <= 60 ? text : text.substring(0, 60) + "...";
        return short_.replace("\r", "<CR>").replace("\n", "<LF>").replace("\t", "<TAB>").replace("\0", "<NUL>");
    }

    /** What is wrong with the head. */
    static Stream<Arguments> heads() {
        MalformedRequests all = new MalformedRequests();
        all.lengths();
        all.codings();
        all.hosts();
        all.versions();
        all.lines();
        all.targets();
        all.otherFields();
        return all.cases.stream();
    }

    /** Bodies of a POST with {@code Transfer-Encoding: chunked}. */
    static Stream<Arguments> chunks() {
        return Stream.of(
                arguments("x\r\nabc\r\n" + NO_CHUNK, 400), arguments("-1\r\nabc\r\n" + NO_CHUNK, 400),
                arguments("+3\r\nabc\r\n" + NO_CHUNK, 400), arguments("0x3\r\nabc\r\n" + NO_CHUNK, 400),
                arguments(" 3\r\nabc\r\n" + NO_CHUNK, 400), arguments("3 \r\nabc\r\n" + NO_CHUNK, 400),
                arguments("3 5\r\nabc\r\n" + NO_CHUNK, 400), arguments("\r\nabc\r\n" + NO_CHUNK, 400),
                arguments("fffffffff\r\nabc\r\n" + NO_CHUNK, 400), arguments("80000000\r\nabc\r\n" + NO_CHUNK, 400),
                arguments("3\r\nabcdef\r\n" + NO_CHUNK, 400), arguments("3\nabc\n0\n\n", 400),
                arguments("3;a\nb\r\nabc\r\n" + NO_CHUNK, 400), arguments("3;a\rb\r\nabc\r\n" + NO_CHUNK, 400),
                arguments("3;" + "a".repeat(5000) + "\r\nabc\r\n" + NO_CHUNK, 400),
                arguments("0\r\nX T: a\r\n\r\n", 400), arguments("0\r\nXT\r\n\r\n", 400),
                arguments("0\r\nX-T: a\r\n b\r\n\r\n", 400), arguments("0\r\n: a\r\n\r\n", 400),
                arguments("0\r\nX-T: a\0b\r\n\r\n", 400),
                arguments("0\r\nX-T: " + "a".repeat(30_000) + "\r\n\r\n", 431),
                arguments("0\r\n" + "a:b\r\n".repeat(101) + "\r\n", 431));
    }

    private void lengths() {
        for (String length : new String[]{"+5", "-1", "", "0x5", "5 5", "5,5", "5, 6", "99999999999999999999999", "5.0",
                "\u00b2"}) {
            fields("Content-Length: " + length, 400);
        }
        fields("Content-Length: 5\r\nContent-Length: 5", 400);
        fields("Content-Length: 5\r\nContent-Length: 6", 400);
        fields("Content-Length: 5\r\n" + CHUNKED.strip(), 400);
        fields(CHUNKED + "Content-Length: 5", 400);
        fields("Content-Length:\u000b5", 400);
    }

    private void codings() {
        for (String unknown : new String[]{"gzip", "identity", "gzip, chunked", "xchunked", "x-gzip;q=1, chunked"}) {
            fields("Transfer-Encoding: " + unknown, 501);
        }
        for (String wrong : new String[]{"chunked, gzip", "chunked, chunked", "chunked;q=1", "", ", chunked",
                "chunked,",
                "\u000bchunked"}) {
            fields("Transfer-Encoding: " + wrong, 400);
        }
        fields(CHUNKED + CHUNKED.strip(), 400);
        fields("Transfer-Encoding: gzip\r\nContent-Length: 5", 400);
        add("chunked in 1.0", 400, "POST /a HTTP/1.0\r\n" + HOST + CHUNKED + "\r\n" + NO_CHUNK);
        add("chunked in 1.0 that stays open", 400,
                "POST /a HTTP/1.0\r\n" + HOST + CHUNKED + "Connection: keep-alive\r\n\r\n" + NO_CHUNK);
    }

    private void hosts() {
        host("");
        host(HOST + HOST);
        host(HOST + "host: other\r\n");
        for (String wrong : new String[]{"a b", "a@b", "a/b", "a, b", "a,b", "a:99999", "a:b", "[::1", "a?b", "a#b"}) {
            host("Host: " + wrong + "\r\n");
        }
    }

    private void versions() {
        for (String unknown : new String[]{"HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/3.0", "HTTP/0.9"}) {
            line("GET /a " + unknown, 505);
        }
        for (String wrong : new String[]{"HTTP/1.1x", "http/1.1", "HTTP/1.01", "HTTP/11", "HTTP/1", "HTTP/", "ICY/1.1",
                "HTTP /1.1", "HTTP/1.1 x"}) {
            line("GET /a " + wrong, 400);
        }
        line("GET /a", 400);
    }

    private void lines() {
        for (String wrong : new String[]{"GET  /a HTTP/1.1", "GET /a  HTTP/1.1", "GET\t/a\tHTTP/1.1",
                "GET /a HTTP/1.1 ",
                " GET /a HTTP/1.1", "\tGET /a HTTP/1.1", "\0GET /a HTTP/1.1", "GET /a\r HTTP/1.1", "GE(T /a HTTP/1.1",
                "GET", "G\u00c9T /a HTTP/1.1", "GET /a b HTTP/1.1", "\u0016\u0003\u0001\u0002"}) {
            line(wrong, 400);
        }
        line("CONNECT localhost:80 HTTP/1.1", 501);
        line("GET /" + "a".repeat(10_000) + " HTTP/1.1", 414);
        add("line feeds alone", 400, "GET /a HTTP/1.1\nHost: localhost\n\n");
    }

    private void targets() {
        for (String wrong : new String[]{"a", "*", "localhost:80", "ftp://localhost/a", "http://", "http:///a",
                "http://u@localhost/a", "http://a b/", "/a\0", "/a\u00e9", "/a#b", "/a%", "/a%0", "/a%zz", "/a?b=%zz",
                "/a<", "/a\"", "/a|b", "/a[0]", "/a{b}", "/a?b={c}", "/a\u007f"}) {
            line("GET " + wrong + " HTTP/1.1", 400);
        }
    }

    private void otherFields() {
        for (String wrong : new String[]{"X-A: a\r\n b", "X-A: a\r\n\tb", "Content-Length:\r\n 5", "X-A : a",
                "Content-Length : 5", "Transfer-Encoding : chunked", "X-A: a\nX-B: b", "X-A: a\rX-B: b", "X-A: a\0b",
                "X-A: a\u0001b", "X-A: a\u007fb", "X-\0A: a", ": a", "X-A", "X(A: a", "X\u00e9: a", "X A: a"}) {
            fields(wrong, 400);
        }
        add("folded first field", 400, "GET /a HTTP/1.1\r\n " + HOST + "\r\n");
        fields("X-A: " + "a".repeat(30_000), 431);
        fields("a:b\r\n".repeat(100).strip(), 431);
        fields("Expect: 200-ok\r\nContent-Length: 5", 417);
    }
}
