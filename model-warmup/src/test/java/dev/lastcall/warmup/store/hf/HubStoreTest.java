// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedHub;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.http.RangeBytes;
import dev.lastcall.warmup.verify.DigestKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(60)
class HubStoreTest {

    @AutoClose
    private static final Network NETWORK = Network.create();

    @AutoClose
    private final ScriptedStore server = new ScriptedStore();
    @AutoClose
    private final ScriptedStore cache = new ScriptedStore();
    private final byte[] shard = TestBytes.random(100_000, 1);
    private final ScriptedHub hub = new ScriptedHub(server, cache).large("model-00001-of-00002.safetensors", shard)
            .small("config.json", "{}".getBytes(StandardCharsets.UTF_8))
            .small("sub/empty", new byte[0]);

    private HubStore store(String revision, String token) {
        return new HubStore("org/model", revision, new HubSettings(hub.endpoint(), token), NETWORK);
    }

    private static RemoteFile named(Listing listing, String path) {
        return listing.files().stream().filter(file -> file.path().equals(path)).findFirst().orElseThrow();
    }

    @Test
    void revisionIsPinnedAndEveryPageOfTheTreeIsRead() throws Exception {
        hub.pageSize(1);
        Listing listing = store("main", "").list(Selection.ALL);

        assertThat(listing.revision()).isEqualTo(ScriptedHub.COMMIT);
        assertThat(listing.files()).extracting(RemoteFile::path)
                .containsExactlyInAnyOrder("config.json", "model-00001-of-00002.safetensors", "sub/empty");
        assertThat(named(listing, "config.json").digests().getFirst().kind()).isEqualTo(DigestKind.GIT_SHA1);
        assertThat(named(listing, "model-00001-of-00002.safetensors").digests())
                .containsExactly(TestBytes.sha256(shard));
        assertThat(store("refs/pr/1", "").list(Selection.ALL).revision()).isEqualTo(ScriptedHub.COMMIT);
    }

    @Test
    void hubIsAskedOnceForAFileAndItsTokenStaysThere() throws Exception {
        hub.token("hf_secret");
        HubStore store = store("main", "hf_secret");
        Listing listing = store.list(Selection.ALL);
        RemoteFile file = named(listing, "model-00001-of-00002.safetensors");
        int before = server.requests().size();
        try (RangeReader reader = store.openReader(); RangeReader another = store.openReader()) {
            assertThat(RangeBytes.read(reader, file, 1_000, 5_000)).isEqualTo(Arrays.copyOfRange(shard, 1_000, 6_000));
            RangeBytes.read(another, file, 50_000, 50_000);
            RangeBytes.read(reader, file, 0, 10);
            assertThat(RangeBytes.read(another, named(listing, "config.json"), 0, 2)).isEqualTo("{}".getBytes(
                    StandardCharsets.UTF_8));
        }

        assertThat(server.requests().size() - before).isEqualTo(1 + 2);
        assertThat(cache.requests()).hasSize(3).allMatch(request -> request.header("authorization").isEmpty());
    }

    @Test
    void addressThatRanOutIsAskedForAgainButNotForEver() throws Exception {
        HubStore store = store("main", "");
        RemoteFile file = named(store.list(Selection.ALL), "model-00001-of-00002.safetensors");
        try (RangeReader reader = store.openReader()) {
            RangeBytes.read(reader, file, 0, 10);
            hub.expireAddresses();
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10)).problem())
                    .isEqualTo(StoreProblem.EXPIRED);
            RangeBytes.read(reader, file, 0, 10);

            cache.script(request -> new Fault.Status(403, List.of(), ""));
            for (int i = 0; i < 3; i++) {
                assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10)).problem())
                        .isEqualTo(StoreProblem.EXPIRED);
            }
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10)).problem())
                    .isEqualTo(StoreProblem.REFUSED);
        }
    }

    @Test
    void gatedModelUnknownModelAndUnknownRevisionAreDistinguished() {
        assertThat(failure(new HubStore("org/other", "main", new HubSettings(hub.endpoint(), ""), NETWORK)))
                .hasMessageContaining("no such model");
        assertThat(failure(store("v9", ""))).hasMessageContaining("no such revision");
        hub.token("hf_secret");
        assertThat(failure(store("main", "wrong"))).hasMessageContaining("gated").hasMessageContaining("HF_TOKEN");
        assertThat(server.requests()).hasSize(3);
    }

    private static StoreException failure(HubStore store) {
        return catchThrowableOfType(StoreException.class, () -> store.list(Selection.ALL));
    }

    @Test
    void renamedModelIsFollowedOnTheHubWithTheToken() throws Exception {
        hub.token("t")
                .redirect("/api/models/old/name/revision/main", "/api/models/org/model/revision/main")
                .redirect("/api/models/old/name/tree/" + ScriptedHub.COMMIT + "?recursive=true&expand=false",
                        "/api/models/org/model/tree/" + ScriptedHub.COMMIT);

        Listing listing = new HubStore("old/name", "main", new HubSettings(hub.endpoint(), "t"), NETWORK)
                .list(Selection.ALL);

        assertThat(listing.files()).hasSize(3);
    }

    @Test
    void oneRefusalForTooManyRequestsQuietensAllWorkers() throws Exception {
        HubStore store = store("main", "");
        Listing listing = store.list(Selection.ALL);
        server.script(request -> new Fault.Status(429, List.of("RateLimit: \"resolvers\";r=0;t=40"), ""));
        int before = server.requests().size();
        for (RemoteFile file : listing.files()) {
            try (RangeReader reader = store.openReader()) {
                StoreException failure = catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 1));
                assertThat(failure.problem()).isEqualTo(StoreProblem.THROTTLED);
                assertThat(failure.retryAfter()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(40));
            }
        }

        assertThat(server.requests()).hasSize(before + 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"api\";r=1;t=17|17", "\"resolvers\";r=0;t=999999|300", "nonsense|0", "t=|0"})
    void pauseIsWhatTheHubSaysUpToItsWindow(String header, int seconds) {
        ResponseHead head = new ResponseHead(429, Map.of("ratelimit", List.of(header)));

        assertThat(HubAnswers.pause(head)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void nameThatClimbsIsNoModel() {
        assertThatThrownBy(() -> new HubStore("../../etc", "main", new HubSettings(hub.endpoint(), ""), NETWORK))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hubThatServesAnotherFileThanItListedIsNotRead() throws Exception {
        HubStore store = store("main", "");
        RemoteFile file = named(store.list(Selection.ALL), "model-00001-of-00002.safetensors");
        server.script(
                request -> new Fault.Status(302, List.of("X-Linked-Size: 7", "Location: " + cache.address("/x")), ""));

        try (RangeReader reader = store.openReader()) {
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 1)).problem())
                    .isEqualTo(StoreProblem.CHANGED);
        }
        assertThat(cache.requests()).isEmpty();
    }
}
