package dev.millrace.http.body;

import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;

import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** Writes a {@link PacedBody} for the REST layer. */
@Provider
public class PacedBodyWriter implements ServerMessageBodyWriter<PacedBody> {

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, ResteasyReactiveResourceInfo resource,
            MediaType mediaType) {
        return type == PacedBody.class;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == PacedBody.class;
    }

    @Override
    public void writeResponse(PacedBody body, Type genericType, ServerRequestContext context) {
        ResteasyReactiveRequestContext rest = (ResteasyReactiveRequestContext) context;
        rest.suspend();
        body.write(rest::resume);
    }

    @Override
    public void writeTo(PacedBody body, Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType,
            MultivaluedMap<String, Object> fields, OutputStream stream) {
        throw new UnsupportedOperationException("only by writeResponse()");
    }
}
