package dev.millrace.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;

import dev.millrace.edge.MatrixCaller.Protocol;
import dev.millrace.redis.RedisConversation;

/**
 * Guarantees for every operation and every kind of caller: 401 without a valid key, 403 without the scope that docs/scopes.md names,
 * and neither of them with it. A refused call changes nothing.
 */
@QuarkusTest
class ScopeMatrixTest {

    /** Calls under way at once. */
    private static final int PARALLEL = 16;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    RedisConversation redis;
    private MatrixTenant tenant;
    private List<MatrixCall> calls;

    @BeforeEach
    void fill() {
        tenant = new MatrixTenant(redis);
        tenant.fill();
        calls = new MatrixCalls(tenant).all();
    }

    @Test
    void strangersAndKeysWithoutTheScopeAreRefusedAndChangeNothing() {
        var before = tenant.content();
        assertEquals(List.of(), violations(MatrixCaller.all(), (call, caller) -> !call.mayBeCalledBy(caller),
                ScopeMatrixTest::refusal));
        assertEquals(before, tenant.content());
    }

    @Test
    void keysWithTheScopeAreAdmitted() {
        assertEquals(List.of(), violations(MatrixCaller.all(), MatrixCall::mayBeCalledBy, ScopeMatrixTest::admission));
    }

    @Test
    void keysThatOnlyReadChangeNothing() {
        var before = tenant.content();
        // Those who follow events of a queue have it write them.
        assertEquals(List.of(),
                violations(MatrixCaller.all(), (call, caller) -> call.mayBeCalledBy(caller) && !call.isStream()
                        && caller.scopes().stream().allMatch(scope -> scope.endsWith(":read")),
                        ScopeMatrixTest::admission));
        assertEquals(before, tenant.content());
    }

    /** Not of {@code /redis}, which all tenants share. */
    @Test
    void anotherTenantSeesAndChangesNothing() {
        var before = tenant.content();
        assertTrue(before.toString().contains(MatrixTenant.SECRET));
        assertEquals(List.of(), violations(List.of(MatrixCaller.ofAnotherTenant()),
                (call, caller) -> call.protocol() != Protocol.REDIS,
                (cell, answer) -> answer.body().contains(MatrixTenant.SECRET)
                        ? "must see nothing"
                        : admission(cell, answer)));
        assertEquals(before, tenant.content());
    }

    /** What is wrong in the cells of the matrix that are selected; a problem of "" is none. */
    private List<String> violations(List<MatrixCaller> callers, BiPredicate<MatrixCall, MatrixCaller> selected,
            BiFunction<Cell, HttpResponse<String>, String> problem) {
        List<Cell> cells = new ArrayList<>();
        for (MatrixCall call : calls) {
            for (MatrixCaller caller : callers) {
                if (selected.test(call, caller) && (call.isKnown(caller) || !call.isVariant() || caller.isTypical())) {
                    cells.add(new Cell(call, caller));
                }
            }
        }
        assertTrue(cells.size() > 50, "the matrix has so many cells");
        List<String> violations = new ArrayList<>();
        for (int i = 0; i < cells.size(); i += PARALLEL) {
            List<CompletableFuture<String>> batch = cells.subList(i, Math.min(cells.size(), i + PARALLEL)).stream()
                    .map(cell -> cell.call().send(client, cell.caller())
                            .thenApply(answer -> cell.violation(problem, answer)))
                    .toList();
            batch.stream().map(CompletableFuture::join).filter(violation -> !violation.isEmpty())
                    .forEach(violations::add);
        }
        return violations;
    }

    private record Cell(MatrixCall call, MatrixCaller caller) {

        /** Whether the client authenticates as OAuth clients do: with HTTP Basic or in the form. */
        boolean usesBasic() {
            List<String> fields = caller.authorization();
            return call.protocol() == Protocol.OAUTH
                    && (fields.isEmpty() || fields.size() == 1 && fields.get(0).startsWith("Basic "));
        }

        String violation(BiFunction<Cell, HttpResponse<String>, String> problem, HttpResponse<String> answer) {
            String violation = problem.apply(this, answer);
            return violation.isEmpty()
                    ? ""
                    : "\n" + call + " by " + caller + ": " + violation + ", but was " + answer.statusCode() + " "
                            + answer.body();
        }
    }

    private static String refusal(Cell cell, HttpResponse<String> answer) {
        boolean known = cell.call().isKnown(cell.caller());
        String challenge = answer.headers().firstValue("WWW-Authenticate").orElse("");
        String scheme = cell.usesBasic() ? "Basic" : "Bearer";
        if (!known && (answer.statusCode() != 401 || !challenge.split(" ", 2)[0].equals(scheme))) {
            return "must be 401 with a challenge for " + scheme;
        }
        if (cell.call().method().equals("HEAD")) {
            return known && answer.statusCode() != 403 && answer.statusCode() != 400 ? "must be 403" : "";
        }
        if (cell.call().protocol() == Protocol.REDIS) {
            boolean command = known && ScopeTable.allows(List.of("redis:read"), cell.caller().scopes());
            return answer.body().contains(known ? "NOPERM" : "WRONGPASS")
                    && (!known || command || answer.statusCode() == 403) ? "" : "must be refused as Redis does";
        }
        String code = known ? "forbidden" : cell.usesBasic() ? "invalid-client" : "unauthenticated";
        return (!known || answer.statusCode() == 403) && answer.body().contains("\"code\":\"" + code + "\"")
                && answer.headers().firstValue("Content-Type").orElse("").equals("application/problem+json")
                && (!known || cell.call().scopes().stream().allMatch(answer.body()::contains))
                        ? ""
                        : "must be the problem " + code;
    }

    private static String admission(Cell cell, HttpResponse<String> answer) {
        String challenge = answer.headers().firstValue("WWW-Authenticate").orElse("");
        boolean refused = answer.statusCode() == 403 || challenge.startsWith("Bearer") || challenge.startsWith("Basic")
                || answer.body().contains("NOPERM");
        return refused || answer.statusCode() >= 500 ? "must be admitted" : "";
    }
}
