package dev.millrace.ratelimit.envoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.quarkus.test.junit.QuarkusTestProfile;

/** The rules of {@code envoy/shop.yaml}, a second file mounted as Kubernetes mounts a ConfigMap, and three API keys. */
public class EnvoyProfile implements QuarkusTestProfile {

    static final String KEY = "Bearer mr_proxy_s3cret";
    static final String OTHER_TENANT = "Bearer mr_other_s3cret";
    static final String OTHER_SCOPE = "Bearer mr_cache_s3cret";

    private static final String SHA_256_OF_S3CRET = "1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "millrace.ratelimit.envoy.descriptors", "src/test/resources/envoy/shop.yaml," + configMap(),
                "millrace.auth.keys.proxy.sha256", SHA_256_OF_S3CRET,
                "millrace.auth.keys.proxy.scopes", "ratelimit",
                "millrace.auth.keys.other.sha256", SHA_256_OF_S3CRET,
                "millrace.auth.keys.other.scopes", "ratelimit",
                "millrace.auth.keys.other.tenant", "other",
                "millrace.auth.keys.cache.sha256", SHA_256_OF_S3CRET,
                "millrace.auth.keys.cache.scopes", "cache,ratelimit:read");
    }

    private static Path configMap() {
        try {
            Path mount = Files.createTempDirectory("millrace-envoy");
            mountVersion(mount, "1", "domain: reload\n");
            return Files.createSymbolicLink(mount.resolve("reload.yaml"), Path.of("..data", "reload.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a new version in place as Kubernetes does: by swapping the link to the directory. */
    static void mountVersion(Path mount, String version, String content) throws IOException {
        Files.writeString(Files.createDirectory(mount.resolve(version)).resolve("reload.yaml"), content);
        Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(version));
        Files.move(link, mount.resolve("..data"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
}
