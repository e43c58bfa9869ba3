// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.web.WebStore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

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

            FetchProgress end = fetch(server, network, policy);

            assertThat(end.retries()).isPositive();
            assertThat(folder.resolve("a")).hasBinaryContent(bytes);
            assertThat(folder.toFile().list()).containsExactly("a");
        }
    }

    /** Larger than what Linux reads ahead at one asking. */
    @Test
    void aLargeFileIsInMemoryAsAWholeAfterARefillAndNotAfterABypass() throws Exception {
        try (ScriptedStore server = new ScriptedStore(); Network network = Network.create()) {
            server.put("/m/a", TestBytes.random(48 << 20, 12), "v1");
            fetch(server, network, PageCache.BYPASS);
            assumeThat(isInMemory()).as("a file system without a page cache to bypass").isFalse();

            fetch(server, network, PageCache.REFILL);

            Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::isInMemory);
        }
    }

    private FetchProgress fetch(ScriptedStore server, Network network, PageCache policy) throws Exception {
        WebStore store = new WebStore(server.address("/m/"), List.of("a"), Map.of(), network);
        List<FetchTask> tasks = store.list(Selection.ALL)
                .files()
                .stream()
                .map(file -> new FetchTask(file, folder.resolve("a.part")))
                .toList();
        FetchSettings settings = FetchSettings.defaults()
                .withPartBytes(PART)
                .withMaxConnections(4)
                .withPageCache(policy);
        return new Fetch(store, tasks,
                (file, partial) -> Files.move(partial, folder.resolve("a"), StandardCopyOption.ATOMIC_MOVE), settings,
                new Bandwidth(Bandwidth.UNLIMITED)).run();
    }

    private boolean isInMemory() throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve("a"))) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()).isLoaded();
        }
    }
}
