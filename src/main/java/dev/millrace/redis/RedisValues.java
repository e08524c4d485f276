package dev.millrace.redis;

import java.util.List;

import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.CommandImpl;
import io.vertx.redis.client.impl.types.BulkType;
import io.vertx.redis.client.impl.types.MultiType;
import io.vertx.redis.client.impl.types.SimpleStringType;

/** Makes replies that Redis did not send, and commands that the client does not know. */
public final class RedisValues {

    private static final int ANY_NUMBER = -1;

    private RedisValues() {}

    /** Returns a string as Redis would send it. */
    public static Response string(Buffer bytes) {
        return BulkType.create(bytes, false);
    }

    /** Returns the status OK as Redis would send it. */
    public static Response ok() {
        return SimpleStringType.OK;
    }

    /** Returns an array as Redis would send it. */
    public static Response array(List<Response> elements) {
        if (elements.isEmpty()) {
            return MultiType.EMPTY_MULTI;
        }
        MultiType array = MultiType.create(elements.size(), false);
        elements.forEach(array::add);
        return array;
    }

    /** Returns a command that may have any number of arguments, so that Redis says whether it is right. Not for a cluster. */
    public static Command command(String name) {
        return new CommandImpl(name, ANY_NUMBER, null, false, false);
    }

    /** Returns the number of words that a call of a command has at least, with its name. */
    static int minWords(String name) {
        return Math.abs(((CommandImpl) Command.create(name)).getArity());
    }
}
