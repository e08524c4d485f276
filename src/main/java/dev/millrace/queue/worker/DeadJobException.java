package dev.millrace.queue.worker;

/** Retrying the job is useless: it is dead at once, with the message as its error. */
public class DeadJobException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message the job's error */
    public DeadJobException(String message) {
        super(message);
    }

    /** @param message the job's error */
    public DeadJobException(String message, Throwable cause) {
        super(message, cause);
    }
}
