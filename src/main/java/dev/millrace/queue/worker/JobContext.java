package dev.millrace.queue.worker;

import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;

import io.smallrye.mutiny.Uni;

import dev.millrace.http.problem.JsonViolations;
import dev.millrace.http.problem.Violation;
import dev.millrace.queue.api.WorkResource.Extension;
import dev.millrace.queue.model.Job;
import dev.millrace.queue.model.QueueName;

/** A job at the hands of a {@link JobProcessor}: one attempt at it. */
public final class JobContext {

    private final WorkerContext workplace;
    private final Job job;

    JobContext(WorkerContext workplace, Job job) {
        this.workplace = workplace;
        this.job = job;
    }

    /** Where the job is from. */
    public QueueName queue() {
        return workplace.queue();
    }

    public Job job() {
        return job;
    }

    /** The job's data, read as JSON; fails with {@link DeadJobException}, which says what is wrong, if it is none of that type. */
    public <T> T data(Class<T> type) {
        try {
            T data = workplace.json().readValue(job.data().text(), type);
            if (data == null) {
                throw new DeadJobException("data must be given");
            }
            return data;
        } catch (JsonMappingException e) {
            Violation v = JsonViolations.of(e);
            throw new DeadJobException(
                    v.field().isEmpty() ? "data is not as it must be" : v.field() + ' ' + v.message());
        } catch (JsonProcessingException e) {
            throw new DeadJobException("data is not as it must be");
        }
    }

    /** Notes how far the job is, as JSON, for those who look. */
    public Uni<Void> progress(Object progress) {
        Duration lease = Duration.ofMillis(workplace.leaseMs());
        return Uni.createFrom().deferred(() -> workplace.queues().extend(workplace.queue(), List.of(
                new Extension(job.id(), job.leaseToken(), lease, workplace.json("progress", progress)))))
                .replaceWithVoid();
    }
}
