package dev.millrace.queue.worker;

/** It is no use to try this job again: it is dead at once, with the message as its error. */
public class DeadJobException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DeadJobException(String message) {
        super(message);
    }

    public DeadJobException(String message, Throwable cause) {
        super(message, cause);
    }
}
