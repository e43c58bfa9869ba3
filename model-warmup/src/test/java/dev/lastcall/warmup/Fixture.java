// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.web.WebStore;

/** A scripted store with a model in it and a cache to bring it to. */
final class Fixture implements AutoCloseable {

    static final int PART = 64 << 10;
    static final FetchSettings SETTINGS = FetchSettings.defaults()
            .withPartBytes(PART)
            .withMaxConnections(8)
            .withPatience(Duration.ofSeconds(4), Duration.ofSeconds(10), Duration.ofSeconds(20));

    final ScriptedStore server = new ScriptedStore();
    final Network network = Network.create();
    final Map<String, byte[]> files = new LinkedHashMap<>();
    final Path root;

    Fixture(Path root) {
        this.root = root;
    }

    /** Puts a file there, without a digest. */
    byte[] put(String folder, String name, int size, String version) {
        byte[] bytes = TestBytes.random(size, (name + version).hashCode());
        server.put("/" + folder + "/" + name, bytes, version);
        files.put(name, bytes);
        return bytes;
    }

    /** Writes the digests of all that was put there. */
    void sums(String folder) {
        StringBuilder sums = new StringBuilder();
        files.forEach(
                (name, bytes) -> sums.append(TestBytes.sha256(bytes).hex()).append("  ").append(name).append('\n'));
        server.put("/" + folder + "/SHA256SUMS", sums.toString().getBytes(StandardCharsets.UTF_8),
                "sums" + sums.hashCode());
    }

    WebStore store(String folder, String... names) {
        return new WebStore(server.address("/" + folder + "/"), List.of(names), Map.of(), network);
    }

    ModelCache cache(CacheLimits limits) {
        return new ModelCache(root, limits, model -> model.startsWith("pinned"));
    }

    ModelCache cache() {
        return cache(new CacheLimits(0, 0));
    }

    static WarmupRequest request(String model) {
        return WarmupRequest.of(model).withSettings(SETTINGS);
    }

    Warmup warmup(WebStore store, WarmupRequest request) {
        return new Warmup(store, new Destination.Cache(cache()), request, unlimited());
    }

    static Bandwidth unlimited() {
        return new Bandwidth(Bandwidth.UNLIMITED);
    }

    @Override
    public void close() throws IOException {
        server.close();
        network.close();
    }
}
