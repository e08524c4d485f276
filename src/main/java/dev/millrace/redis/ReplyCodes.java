package dev.millrace.redis;

import java.util.HashMap;
import java.util.Map;

import io.vertx.redis.client.Response;

/** Reads the codes that scripts return. A code without a constant fails: taking it for another one would hide a defect. */
public final class ReplyCodes<E extends Enum<E> & ReplyCode> {

    private final Class<E> type;
    private final Map<Integer, E> byCode = new HashMap<>();

    private ReplyCodes(Class<E> type) {
        this.type = type;
        for (E constant : type.getEnumConstants()) {
            if (byCode.put(constant.code(), constant) != null) {
                throw new IllegalArgumentException(
                        type.getSimpleName() + " has the code " + constant.code() + " twice");
            }
        }
    }

    /** The codes of an enum. */
    public static <E extends Enum<E> & ReplyCode> ReplyCodes<E> of(Class<E> type) {
        return new ReplyCodes<>(type);
    }

    /**
     * Returns the constant of a code.
     *
     * @throws IllegalStateException if there is none
     */
    public E read(Response reply) {
        return read(reply.toInteger());
    }

    /** As above, of a code that is part of a longer reply. */
    public E read(int code) {
        E constant = byCode.get(code);
        if (constant == null) {
            throw new IllegalStateException("A script replied " + code + ", which is no " + type.getSimpleName());
        }
        return constant;
    }

    /**
     * Reads a reply that is 1 for yes and 0 for no.
     *
     * @throws IllegalStateException if it is neither
     */
    public static boolean flag(Response reply) {
        int code = reply.toInteger();
        if (code != 0 && code != 1) {
            throw new IllegalStateException("A script replied " + code + " in place of 0 or 1");
        }
        return code == 1;
    }
}
