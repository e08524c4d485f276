package dev.millrace.http.route;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Notes which requests reach a resource by the REST layer, by a header field that only this test sends. */
@Provider
@Priority(1)
public class RestLayerWitness implements ContainerRequestFilter {

    static final String HEADER = "X-Witness";

    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

    /** Whether the request with this value of {@link #HEADER} reached a resource by the REST layer. */
    static boolean saw(String id) {
        return SEEN.contains(id);
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String id = request.getHeaderString(HEADER);
        if (id != null) {
            SEEN.add(id);
        }
    }
}
