// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.web.WebStore;

/** A process of its own that plays many scripts at once, to be killed in the middle of them. */
final class ScriptsChild {

    private static final int ARGUMENTS = 4;

    private ScriptsChild() {}

    /** Starts one, without its output. */
    static Process start(List<FaultScript> scripts) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp", classPath,
                ScriptsChild.class.getName()));
        for (FaultScript script : scripts) {
            if (script.site() instanceof ScriptSite.Web web) {
                command.addAll(List.of(web.address().toString(), web.authorization(), String.join(",", web.names()),
                        script.root().toString()));
            }
        }
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** For each script: address, authorization, names, cache. */
    public static void main(String[] arguments) throws Exception {
        try (Network network = Network.create(); ExecutorService pool = Executors.newCachedThreadPool()) {
            for (int i = 0; i < arguments.length; i += ARGUMENTS) {
                List<String> script = List.of(arguments).subList(i, i + ARGUMENTS);
                var _ = pool.submit(() -> play(network, script));
            }
        }
    }

    private static boolean play(Network network, List<String> script) throws InterruptedException {
        try (WebStore store = new WebStore(URI.create(script.get(0)), List.of(script.get(2).split(",", -1)),
                Map.of("Authorization", script.get(1)), network)) {
            ModelCache cache = new ModelCache(Path.of(script.get(3)), new CacheLimits(0, 0), model -> false);
            new Warmup(store, new Destination.Cache(cache),
                    WarmupRequest.of("m").withSettings(FaultScript.SETTINGS), new Bandwidth(Bandwidth.UNLIMITED))
                    .run();
            return true;
        } catch (WarmupException failed) {
            // The process that kills this looks at the disk, and tries again.
            return false;
        }
    }
}
