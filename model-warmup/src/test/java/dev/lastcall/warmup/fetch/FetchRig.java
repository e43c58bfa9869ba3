// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.web.WebStore;
import dev.lastcall.warmup.verify.DigestKind;
import dev.lastcall.warmup.verify.PartSum;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;

/** A web store of its own for each test of the engine, and a folder to fetch into. */
abstract class FetchRig {

    static final int PART = 64 << 10;
    /** Probes of one file: its SHA256SUMS and its first byte. */
    static final int PROBES = 2;
    static final FetchSettings SETTINGS = FetchSettings.defaults()
            .withPartBytes(PART)
            .withMaxConnections(8)
            .withPatience(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(15));

    @AutoClose
    final Network network = Network.create();
    @TempDir
    Path folder;
    @AutoClose
    final ScriptedStore server = new ScriptedStore();
    final Bandwidth bandwidth = new Bandwidth(Bandwidth.UNLIMITED);

    WebStore store(String... names) {
        return new WebStore(server.address("/m/"), List.of(names), Map.of(), network);
    }

    Fetch fetch(FetchSettings settings, String... names) throws Exception {
        WebStore store = store(names);
        List<FetchTask> tasks = store.list(Selection.ALL)
                .files()
                .stream()
                .map(file -> new FetchTask(file, folder.resolve(file.path() + ".part")))
                .toList();
        return new Fetch(store, tasks, this::publish, settings, bandwidth);
    }

    private void publish(RemoteFile file, Path partial) throws IOException {
        Files.move(partial, folder.resolve(file.path()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Puts one part of a file into its place, as a worker does. */
    static void write(PartialFile partial, int part, byte[] bytes, Optional<DigestKind> kind) throws IOException {
        PartGrid grid = partial.grid();
        ByteBuffer buffer = ByteBuffer.wrap(bytes, (int) grid.offset(part), grid.length(part));
        PartSum sum = PartSum.forDigest(kind);
        sum.update(buffer);
        partial.write(buffer, grid.offset(part));
        partial.complete(part, sum.value());
    }

    FetchProgress run(String... names) throws Exception {
        return fetch(SETTINGS, names).run();
    }

    byte[] put(String name, int size) {
        byte[] bytes = TestBytes.random(size, name.hashCode());
        server.put("/m/" + name, bytes, "v1");
        return bytes;
    }

    void script(int afterProbes, Fault... faults) {
        AtomicInteger next = new AtomicInteger(-afterProbes);
        server.script(request -> {
            int turn = next.getAndIncrement();
            return turn >= 0 && turn < faults.length ? faults[turn] : new Fault.None();
        });
    }
}
