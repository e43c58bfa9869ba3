// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.HttpStore;
import dev.lastcall.warmup.store.Network;
import dev.lastcall.warmup.store.Selection;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class FetchPageCacheTest {

    private static final int PART = 64 << 10;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void whateverThePolicyAndWhereverAConnectionBreaksTheBytesAreThose(PageCache policy) throws Exception {
        byte[] bytes = TestBytes.random(37 * PART + 4097, 11);
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedStore server = new ScriptedStore(); Network network = Network.create()) {
            server.put("/m/a", bytes, "v1");
            // Breaks at odd places, so that what follows begins in the middle of a block.
            server.script(request -> requests.getAndIncrement() % 3 == 2
                    ? new Fault.Reset(PART / 2 + 777)
                    : new Fault.None());
            HttpStore store = new HttpStore(server.address("/m/"), List.of("a"), Map.of(), network);
            List<FetchTask> tasks = store.list(Selection.ALL)
                    .files()
                    .stream()
                    .map(file -> new FetchTask(file, folder.resolve("a.part")))
                    .toList();
            FetchSettings settings = FetchSettings.defaults()
                    .withPartBytes(PART)
                    .withMaxConnections(4)
                    .withPageCache(policy);

            FetchProgress end = new Fetch(store, tasks,
                    (file, partial) -> Files.move(partial, folder.resolve("a"), StandardCopyOption.ATOMIC_MOVE),
                    settings,
                    new Bandwidth(Bandwidth.UNLIMITED)).run();

            assertThat(end.retries()).isPositive();
            assertThat(folder.resolve("a")).hasBinaryContent(bytes);
            assertThat(folder.toFile().list()).containsExactly("a");
        }
    }
}
