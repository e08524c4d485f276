package dev.millrace.memory;

import java.util.Optional;

import jakarta.inject.Singleton;

import io.quarkus.runtime.configuration.MemorySize;

import dev.millrace.metrics.Gauges;

/** The budgets of this replica. Without a setting, each is a share of the memory that the process may use. */
@Singleton
public class MemoryBudgets {

    /** A body is held up to three times while it is stored, so an eighth for bodies and one for responses leave room for the rest. */
    private static final int MEMORY_SHARE = 8;

    private final FairBudget requests;
    private final FairBudget responses;

    MemoryBudgets(MemoryConfig config, Gauges gauges) {
        this.requests = budget(config.maxRequests());
        this.responses = budget(config.maxResponses());
        gauges.add("millrace.memory.requests.bytes", "Bytes of large bodies that come in", requests,
                FairBudget::taken);
        gauges.add("millrace.memory.responses.bytes", "Bytes of large values on their way to clients", responses,
                FairBudget::taken);
    }

    private static FairBudget budget(Optional<MemorySize> setting) {
        return new FairBudget(setting.map(MemorySize::asLongValue)
                .orElseGet(() -> Runtime.getRuntime().maxMemory() / MEMORY_SHARE));
    }

    /**
     * Returns the budget of bodies that come in: those of requests, from when they are announced or arrive until the request is answered,
     * and those of origins, until they are stored or sent.
     */
    public FairBudget requests() {
        return requests;
    }

    /** Returns the budget of large values on their way to clients. */
    public FairBudget responses() {
        return responses;
    }
}
