// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.credentials.Refreshed;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedS3;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.s3.S3Settings;
import dev.lastcall.warmup.store.s3.S3Store;
import dev.lastcall.warmup.store.web.WebStore;

/** Where the model of a script is, with credentials that can run out at any time. Used by one script. */
sealed interface ScriptSite extends AutoCloseable {

    /** What serves it. */
    ScriptedStore server();

    /**
     * Puts a file there, or another version of it.
     *
     * @param tag how the server names the version
     */
    void put(String name, byte[] bytes, VersionForm tag, boolean isRanged);

    /** The store, with the credentials that are good now. */
    Store open(Network network);

    /** The credentials that are good now are so no longer. */
    void expire();

    /** What comes of a request by its credentials. */
    Fault admitted(ScriptedStore.Request request);

    /** The name of the file that is asked for. */
    static String name(ScriptedStore.Request request) {
        String path = request.target().replaceFirst("\\?.*", "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    void close() throws IOException;

    /** A folder of a web server behind a token, which is not renewed in the middle: the attempt fails, the next has a new one. */
    final class Web implements ScriptSite {
        private final ScriptedStore server = new ScriptedStore();
        private final Map<String, byte[]> current = new LinkedHashMap<>();
        private final AtomicInteger token = new AtomicInteger();
        private final boolean hasDigests;

        Web(boolean hasDigests) {
            this.hasDigests = hasDigests;
        }

        @Override
        public ScriptedStore server() {
            return server;
        }

        @Override
        public synchronized void put(String name, byte[] bytes, VersionForm tag, boolean isRanged) {
            server.put("/m/" + name,
                    new ScriptedStore.Content(ScriptedStore.of(bytes), tag.etag(), tag.headers(), isRanged));
            current.put(name, bytes);
            if (hasDigests) {
                StringBuilder sums = new StringBuilder();
                current.forEach((file, content) -> sums.append(TestBytes.sha256(content).hex() + "  " + file + "\n"));
                server.put("/m/SHA256SUMS", sums.toString().getBytes(StandardCharsets.UTF_8), "s" + sums.hashCode());
            }
        }

        URI address() {
            return server.address("/m/");
        }

        synchronized List<String> names() {
            return List.copyOf(current.keySet());
        }

        String authorization() {
            return "Bearer " + token.get();
        }

        @Override
        public Store open(Network network) {
            return new WebStore(address(), names(), Map.of("Authorization", authorization()), network);
        }

        @Override
        public void expire() {
            token.incrementAndGet();
        }

        @Override
        public Fault admitted(ScriptedStore.Request request) {
            return request.header("authorization").equals(authorization())
                    ? new Fault.None()
                    : new Fault.Status(401, List.of(), "the token has expired");
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** A bucket whose keys are temporary: the client gets new ones and goes on. */
    final class Bucket implements ScriptSite {
        private final ScriptedStore server = new ScriptedStore();
        private final ScriptedS3 s3 = new ScriptedS3(server);
        private final AtomicInteger issued = new AtomicInteger();
        private final boolean hasDigests;

        Bucket(boolean hasDigests) {
            this.hasDigests = hasDigests;
        }

        @Override
        public ScriptedStore server() {
            return server;
        }

        @Override
        public void put(String name, byte[] bytes, VersionForm tag, boolean isRanged) {
            List<String> headers = new ArrayList<>();
            if (hasDigests) {
                byte[] sha256 = HexFormat.of().parseHex(TestBytes.sha256(bytes).hex());
                headers.add("x-amz-checksum-sha256: " + Base64.getEncoder().encodeToString(sha256));
                headers.add("x-amz-checksum-type: FULL_OBJECT");
            }
            s3.put("m/" + name, bytes, tag.etag().replace("\"", ""), headers.toArray(String[]::new));
        }

        @Override
        public Store open(Network network) {
            return new S3Store(ScriptedS3.BUCKET, "m", S3Settings.AWS.withEndpoint(server.address("")),
                    new Refreshed<>(this::issue, InstantSource.system()), network);
        }

        private AwsCredentials issue() {
            int n = issued.incrementAndGet();
            s3.key("K" + n, "s" + n, "t" + n, Instant.MAX);
            return AwsCredentials.temporary("K" + n, "s" + n, "t" + n, Instant.now().plusSeconds(3600), "test");
        }

        @Override
        public void expire() {
            s3.expire("K" + issued.get());
        }

        @Override
        public Fault admitted(ScriptedStore.Request request) {
            // The bucket itself looks at the signature.
            return new Fault.None();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
