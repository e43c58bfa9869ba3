// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.web.WebStore;

/** A process of its own that warms one model and can be killed. */
final class WarmupChild {

    static final int PART = 256 << 10;
    static final int CONNECTIONS = 4;

    private WarmupChild() {}

    /** Starts one, without its output. */
    static Process start(URI address, Path root, String model) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Xmx128m", "-cp", classPath, WarmupChild.class.getName(), address.toString(),
                root.toString(), model).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Address of the model's folder, the cache, the model. */
    public static void main(String[] arguments) throws Exception {
        try (Network network = Network.create()) {
            WebStore store = new WebStore(URI.create(arguments[0]), List.of(), Map.of(), network);
            ModelCache cache = new ModelCache(Path.of(arguments[1]), new CacheLimits(0, 0), model -> false);
            FetchSettings settings = FetchSettings.defaults()
                    .withPartBytes(PART)
                    .withMaxConnections(CONNECTIONS)
                    .withSync(false);
            WarmupRequest request = WarmupRequest.of(arguments[2]).withDigestsRequired().withSettings(settings);
            new Warmup(store, new Destination.Cache(cache), request, new Bandwidth(Bandwidth.UNLIMITED)).run();
        }
    }
}
