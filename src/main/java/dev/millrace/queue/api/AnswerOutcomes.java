package dev.millrace.queue.api;

import java.util.List;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.quarkus.runtime.annotations.RegisterForReflection;

import dev.millrace.queue.model.Job;

/** What became of each report, and the next jobs if the worker asked for them. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "AnswerOutcomes")
public record AnswerOutcomes(List<AnswerOutcome> results, @Nullable List<Job> jobs) {}
