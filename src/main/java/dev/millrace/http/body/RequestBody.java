package dev.millrace.http.body;

import dev.millrace.memory.FairBudget;

/** The body of a request, in memory. Close it when the request is answered, or nothing will use it any more. */
public final class RequestBody implements AutoCloseable {

    private final byte[] bytes;
    private final FairBudget.Share share;

    RequestBody(byte[] bytes, FairBudget.Share share) {
        this.bytes = bytes;
        this.share = share;
    }

    /** Returns the bytes themselves, not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Takes more memory, for what was made of the bytes.
     *
     * @return false if there is none
     */
    public boolean takes(long more) {
        return share.take(more);
    }

    @Override
    public void close() {
        share.close();
    }
}
