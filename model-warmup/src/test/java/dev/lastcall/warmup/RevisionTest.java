// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.ScriptedHub;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.hf.HubSettings;
import dev.lastcall.warmup.store.hf.HubStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A model of thirty shards whose main branch moves. */
@Timeout(60)
class RevisionTest {

    private static final int SHARDS = 30;
    private static final int SHARD = 20_000;
    private static final String LATER = "fedcba9876543210fedcba9876543210fedcba98";

    @TempDir
    Path root;

    private final Network network = Network.create();
    private final ScriptedStore server = new ScriptedStore();
    private final ScriptedStore cdn = new ScriptedStore();
    private final ScriptedHub hub = new ScriptedHub(server, cdn);

    @BeforeEach
    void fill() {
        hub.small("config.json", "{}".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < SHARDS; i++) {
            hub.large(shard(i), TestBytes.random(SHARD, i));
        }
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        cdn.close();
        network.close();
    }

    private static String shard(int number) {
        return String.format(Locale.ROOT, "part-%05d-of-%05d.bin", number, SHARDS);
    }

    private void move() {
        hub.move(LATER);
        hub.large(shard(3), TestBytes.random(SHARD, 1003)).large(shard(4), TestBytes.random(SHARD, 1004));
    }

    private HubStore store() {
        return new HubStore("org/model", "main", new HubSettings(hub.endpoint(), ""), network);
    }

    private WarmupReport warm(Store store) throws Exception {
        ModelCache cache = new ModelCache(root, new CacheLimits(0, 0), model -> false);
        return new Warmup(store, new Destination.Cache(cache), Fixture.request("llama").withHub("org/model", "main"),
                new Bandwidth(0)).run();
    }

    private Path snapshot(String commit) {
        return root.resolve("models--org--model/snapshots").resolve(commit);
    }

    @Test
    void whatIsListedIsWhatIsReadThoughTheBranchMoves() throws Exception {
        HubStore inner = store();

        warm(new Store() {
            @Override
            public String source() {
                return inner.source();
            }

            @Override
            public String identity() {
                return inner.identity();
            }

            @Override
            public Listing list(Selection selection) throws StoreException, InterruptedException {
                Listing listing = inner.list(selection);
                move();
                return listing;
            }

            @Override
            public RemoteFile refresh(RemoteFile file) throws StoreException, InterruptedException {
                return inner.refresh(file);
            }

            @Override
            public StoreFamily family() {
                return inner.family();
            }

            @Override
            public RangeReader openReader() {
                return inner.openReader();
            }

            @Override
            public void close() {
                inner.close();
            }
        });

        assertThat(root.resolve("models--org--model/refs/main")).hasContent(ScriptedHub.COMMIT);
        assertThat(root.resolve("llama").resolve(shard(3))).hasBinaryContent(TestBytes.random(SHARD, 3));
    }

    @Test
    void aLaterRevisionFetchesOnlyTheShardsThatAreNew() throws Exception {
        warm(store());
        move();

        WarmupReport second = warm(store());

        assertThat(second.bytesReceived()).isEqualTo(2L * SHARD);
        assertThat(snapshot(LATER).resolve(shard(3))).hasBinaryContent(TestBytes.random(SHARD, 1003));
        assertThat(snapshot(LATER).resolve(shard(5))).hasBinaryContent(TestBytes.random(SHARD, 5));
        assertThat(root.resolve("models--org--model/refs/main")).hasContent(LATER);
        assertThat(snapshot(ScriptedHub.COMMIT)).as("no snapshot with links that lead nowhere").doesNotExist();
        assertThat(root.resolve("models--org--model/blobs").toFile().list()).hasSize(SHARDS + 1);
        assertThat(Files.readString(root.resolve("llama/config.json"))).isEqualTo("{}");
    }
}
