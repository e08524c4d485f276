package dev.millrace.http.json;

import java.util.List;

import dev.millrace.http.problem.Violation;

/** A body that checks its own fields. If one has unknown fields as well, {@link UnknownFields} reports both kinds of mistakes. */
public interface Validated {

    /** Returns what is wrong with the fields; empty if all are valid. */
    List<Violation> violations();
}
