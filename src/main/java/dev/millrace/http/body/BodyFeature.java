package dev.millrace.http.body;

import java.lang.annotation.Annotation;
import java.util.Arrays;

import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;

import dev.millrace.auth.CurrentCaller;

/** Registers a {@link BodyFilter} for every resource method that reads a body. */
@Provider
public class BodyFeature implements DynamicFeature {

    // Client proxies, because features are created while the application is built, before there is a configuration.
    private final RequestBodies bodies;
    private final CurrentCaller caller;

    BodyFeature(RequestBodies bodies, CurrentCaller caller) {
        this.bodies = bodies;
        this.caller = caller;
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        if (Arrays.stream(resource.getResourceMethod().getParameterAnnotations()).anyMatch(BodyFeature::isBody)) {
            MaxBody max = resource.getResourceMethod().getAnnotation(MaxBody.class);
            if (max == null) {
                max = resource.getResourceClass().getAnnotation(MaxBody.class);
            }
            // Behind the check of the API key: strangers get no memory.
            context.register(new BodyFilter(bodies, caller, max == null ? Long.MAX_VALUE : max.value()),
                    Priorities.ENTITY_CODER);
        }
    }

    /** A parameter that the REST layer takes from nowhere else. */
    private static boolean isBody(Annotation[] annotations) {
        return Arrays.stream(annotations)
                .noneMatch(annotation -> annotation.annotationType().getPackageName().startsWith("jakarta.ws.rs"));
    }
}
