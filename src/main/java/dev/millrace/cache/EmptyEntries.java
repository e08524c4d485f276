package dev.millrace.cache;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import dev.millrace.http.route.KeptContentType;

/** Entries without bytes: they keep the content type that they were sent with. */
@Singleton
class EmptyEntries {

    @Produces
    @Singleton
    KeptContentType contentType() {
        return new KeptContentType("/v1/cache/");
    }
}
