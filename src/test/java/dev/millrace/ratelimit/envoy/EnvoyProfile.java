package dev.millrace.ratelimit.envoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.quarkus.test.junit.QuarkusTestProfile;

/** The rules of {@code envoy/shop.yaml}, a second file mounted as Kubernetes mounts a ConfigMap. */
public class EnvoyProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("millrace.ratelimit.envoy.descriptors", "src/test/resources/envoy/shop.yaml," + configMap());
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
