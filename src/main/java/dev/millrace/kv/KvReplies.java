package dev.millrace.kv;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;

import dev.millrace.http.problem.ErrorCode;
import dev.millrace.http.problem.Failure;
import dev.millrace.redis.CommandOutcome;
import dev.millrace.redis.RedisReply;
import dev.millrace.redis.RedisUnavailableException;

/** Writes the outcomes of commands as JSON of the Upstash REST protocol, or as RESP2. */
final class KvReplies {

    private static final String OK = "OK";
    private static final String INTERNAL = "internal error";
    private static final String TOO_DEEP = "ERR the reply is nested too deeply";
    private static final int MAX_DEPTH = 1000;
    private static final int SMALL = 256;
    private static final byte[] CRLF = {'\r', '\n'};

    private final JsonFactory json;
    private final long maxBytes;

    /** @param maxReply maximum size of the replies to one request, in bytes */
    KvReplies(JsonFactory json, long maxReply) {
        this.json = json;
        // The size in base64. JSON writes some bytes as six.
        this.maxBytes = maxReply / 3 * 4 + SMALL;
    }

    /** Returns the error message of a failed command; that of Redis if Redis refused the command. */
    static @Nullable String text(CommandOutcome failed) {
        return exception(failed.failure()).getMessage();
    }

    /**
     * Translates a failure into an error of the protocol, and logs an unexpected failure. Call it once per failure and keep the result, so
     * that the failure is logged once.
     */
    static KvException exception(@Nullable Throwable failure) {
        if (failure instanceof KvException e) {
            return e;
        }
        if (failure != null && RedisReply.isError(failure)) {
            return new KvException(requireNonNull(failure.getMessage()));
        }
        if (failure instanceof OutOfMemoryError) {
            // The replies did not fit into memory. The client can request less.
            return new KvException(503, "ERR there is not enough memory for the replies: request less at once");
        }
        Failure translated = Failure.of(failure);
        if (failure instanceof RedisUnavailableException e && e.refusal() != null) {
            // A command that Redis does not have, or does not allow, is the client's choice.
            int status = e.refusal().isOfCommand() ? ErrorCode.INVALID_REQUEST.status() : translated.code().status();
            return new KvException(status, requireNonNull(e.reply()));
        }
        return new KvException(translated.code().status(), "ERR " + words(translated));
    }

    private static String words(Failure failure) {
        if (failure.detail() != null) {
            return failure.detail();
        }
        return failure.code() == ErrorCode.INTERNAL ? INTERNAL : failure.code().title();
    }

    Buffer error(@Nullable String message) {
        return write(SMALL, g -> error(g, message));
    }

    /** @param base64 whether to encode strings, because they may be any bytes */
    Buffer one(CommandOutcome outcome, boolean base64) {
        return write(expected(ReplyBudget.size(outcome.reply()), base64), g -> outcome(g, outcome, base64));
    }

    Buffer several(List<CommandOutcome> outcomes, boolean base64) {
        long size = 0;
        for (CommandOutcome outcome : outcomes) {
            size += ReplyBudget.size(outcome.reply());
        }
        return write(expected(size, base64), g -> {
            g.writeStartArray();
            for (CommandOutcome outcome : outcomes) {
                outcome(g, outcome, base64);
            }
            g.writeEndArray();
        });
    }

    private interface JsonWriting {
        void to(JsonGenerator g) throws IOException;
    }

    /** Estimates the size, so that a growing response is not copied. */
    private static int expected(long size, boolean base64) {
        return (int) Math.min(Integer.MAX_VALUE / 2, SMALL + (base64 ? size / 3 * 4 : size + size / 16));
    }

    private Buffer write(int expected, JsonWriting writing) {
        Buffer bytes = Buffer.buffer(expected);
        try (JsonGenerator g = json.createGenerator(to(bytes))) {
            writing.to(g);
        } catch (IOException e) {
            // The buffer is in memory, so nothing else can fail.
            throw new KvException(TOO_DEEP);
        }
        return bytes;
    }

    private OutputStream to(Buffer buffer) {
        return new OutputStream() {
            @Override
            public void write(int b) {
                buffer.appendByte((byte) b);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                if (buffer.length() + length > maxBytes) {
                    throw new KvException(
                            "ERR the request was run, but its replies are too long as JSON, which writes some "
                                    + "bytes as six; request base64");
                }
                buffer.appendBytes(bytes, from, length);
            }
        };
    }

    private static void error(JsonGenerator g, @Nullable String message) throws IOException {
        g.writeStartObject();
        g.writeStringField("error", message);
        g.writeEndObject();
    }

    private static void outcome(JsonGenerator g, CommandOutcome outcome, boolean base64) throws IOException {
        if (outcome.failure() != null) {
            error(g, text(outcome));
            return;
        }
        g.writeStartObject();
        g.writeFieldName("result");
        if (outcome.reply() != null && outcome.reply().type() == ResponseType.SIMPLE
                && OK.equals(outcome.reply().toString())) {
            // Clients expect OK without base64.
            g.writeString(OK);
        } else {
            value(g, outcome.reply(), base64);
        }
        g.writeEndObject();
    }

    private static void value(JsonGenerator g, @Nullable Response reply, boolean base64) throws IOException {
        if (reply == null) {
            g.writeNull();
            return;
        }
        switch (reply.type()) {
            case NUMBER -> g.writeNumber(reply.toLong());
            case MULTI -> {
                g.writeStartArray();
                for (Response item : reply) {
                    value(g, item, base64);
                }
                g.writeEndArray();
            }
            case BULK -> string(g, reply.toBytes(), base64);
            case ERROR -> g.writeString(reply.toString());
            default -> string(g, reply.toString().getBytes(StandardCharsets.UTF_8), base64);
        }
    }

    private static void string(JsonGenerator g, byte[] bytes, boolean base64) throws IOException {
        if (base64) {
            g.writeBinary(bytes);
        } else if (isUtf8(bytes)) {
            g.writeUTF8String(bytes, 0, bytes.length);
        } else {
            g.writeString(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        boolean ascii = true;
        for (byte b : bytes) {
            ascii &= b >= 0;
        }
        if (ascii) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Writes an outcome in RESP2, as Redis does. */
    static Buffer resp2(CommandOutcome outcome) {
        Buffer out = Buffer.buffer();
        resp2(out, outcome);
        return out;
    }

    /** Writes several outcomes as an array in RESP2. */
    static Buffer resp2(List<CommandOutcome> outcomes) {
        Buffer out = Buffer.buffer().appendString("*" + outcomes.size()).appendBytes(CRLF);
        outcomes.forEach(outcome -> resp2(out, outcome));
        return out;
    }

    private static void resp2(Buffer out, CommandOutcome outcome) {
        if (outcome.failure() != null) {
            out.appendString("-" + requireNonNull(text(outcome)).replaceAll("[\r\n]+", " ")).appendBytes(CRLF);
        } else {
            resp2(out, outcome.reply(), 0);
        }
    }

    private static void resp2(Buffer out, @Nullable Response reply, int depth) {
        if (depth > MAX_DEPTH) {
            throw new KvException(TOO_DEEP);
        }
        if (reply == null) {
            out.appendString("$-1").appendBytes(CRLF);
            return;
        }
        switch (reply.type()) {
            case NUMBER -> out.appendString(":" + reply.toLong()).appendBytes(CRLF);
            case MULTI -> {
                out.appendString("*" + reply.size()).appendBytes(CRLF);
                reply.forEach(item -> resp2(out, item, depth + 1));
            }
            case BULK -> {
                byte[] bytes = reply.toBytes();
                out.appendString("$" + bytes.length).appendBytes(CRLF).appendBytes(bytes).appendBytes(CRLF);
            }
            case ERROR -> out.appendString("-" + reply).appendBytes(CRLF);
            default -> out.appendString("+" + reply).appendBytes(CRLF);
        }
    }
}
