// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

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
import dev.lastcall.warmup.verify.DigestKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** A mirror of the hub in a company or a country: it redirects, pages elsewhere, and lacks calls. */
@Timeout(60)
class HubMirrorTest {

    @AutoClose
    private static final Network NETWORK = Network.create();

    @AutoClose
    private final ScriptedStore server = new ScriptedStore();
    @AutoClose
    private final ScriptedStore cache = new ScriptedStore();
    private final byte[] shard = TestBytes.random(100_000, 1);
    private final ScriptedHub hub = new ScriptedHub(server, cache).large("model.safetensors", shard)
            .small("config.json", "{}".getBytes(StandardCharsets.UTF_8));

    private static HubStore at(URI endpoint, String token) {
        return new HubStore("org/model", "main", new HubSettings(endpoint, token), NETWORK);
    }

    private static byte[] read(HubStore store, RemoteFile file) throws Exception {
        ByteBuffer read = ByteBuffer.allocate((int) file.sizeBytes());
        try (RangeReader reader = store.openReader()) {
            reader.open(file, 0, file.sizeBytes());
            while (read.hasRemaining()) {
                reader.read(read);
            }
            reader.finish();
        }
        return read.array();
    }

    private RemoteFile model(Listing listing) {
        return listing.files()
                .stream()
                .filter(file -> file.path().equals("model.safetensors"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anAddressThatPointsToTheHubIsFollowedWhereNoTokenWouldGoThere() throws Exception {
        try (ScriptedStore front = new ScriptedStore()) {
            front.respond(request -> Optional.of(new Fault.Status(308,
                    List.of("Location: " + server.address(request.target())), "")));
            HubStore store = at(front.address(""), "");

            Listing listing = store.list(Selection.ALL);

            assertThat(listing.files()).hasSize(2);
            assertThat(read(store, model(listing))).isEqualTo(shard);
            assertThat(front.requests()).as("asked once, and then where it points to").hasSize(1);

            StoreException failure = catchThrowableOfType(StoreException.class,
                    () -> at(front.address(""), "secret-token").list(Selection.ALL));
            assertThat(failure).hasMessageContaining(front.address("").toString())
                    .hasMessageContaining(server.address("").toString())
                    .hasMessageContaining("HF_ENDPOINT");
            assertThat(server.requests()).noneMatch(request -> !request.header("authorization").isEmpty());
        }
    }

    @Test
    void theNextPageIsAskedOfTheMirrorWhateverHostItNames() throws Exception {
        hub.pageSize(1);
        server.script(request -> new Fault.None());
        String tree = "/api/models/org/model/tree/" + ScriptedHub.COMMIT + "?recursive=true&expand=false";
        server.script(request -> request.target().equals(tree)
                ? new Fault.Status(200, List.of("Link: <https://hub.example" + tree + "&cursor=1>; rel=\"next\""),
                        "[{\"type\":\"file\",\"path\":\"a\",\"size\":2,\"oid\":\"" + "0".repeat(40) + "\"}]")
                : request.target().contains("&cursor=1")
                        ? new Fault.Status(200, List.of(),
                                "[{\"type\":\"file\",\"path\":\"b\",\"size\":2,\"oid\":\"no digest\"}]")
                        : new Fault.None());

        Listing listing = at(hub.endpoint(), "").list(Selection.ALL);

        assertThat(listing.files()).extracting(RemoteFile::path).containsExactly("a", "b");
        assertThat(listing.files().getLast().digests()).as("a digest in no known form is none").isEmpty();
    }

    @Test
    void anAddressOfTheHubBecomesOneBelowTheMirrorsOwnPath() {
        HubRequests requests = new HubRequests(new HubSettings(URI.create("https://mirror.test/api/hf/"), ""),
                NETWORK.control());

        assertThat(requests.here(URI.create("https://hub.example/api/models/a/tree/b?cursor=1")))
                .hasToString("https://mirror.test/api/hf/api/models/a/tree/b?cursor=1");
        assertThat(requests.here(URI.create("https://hub.example/api/hf/api/models/a?cursor=1")))
                .hasToString("https://mirror.test/api/hf/api/models/a?cursor=1");
        assertThat(requests.here(URI.create("https://mirror.test/x?cursor=1")))
                .hasToString("https://mirror.test/x?cursor=1");
    }

    @Test
    void whereTheTreeIsLackingTheRevisionNamesTheFilesAndTheFilesTellTheirSizes() throws Exception {
        server.script(request -> request.target().contains("/tree/")
                ? new Fault.Status(404, List.of(), "Not Found")
                : request.target().contains("/revision/" + ScriptedHub.COMMIT)
                        ? new Fault.Status(200, List.of(), "{\"sha\":\"" + ScriptedHub.COMMIT
                                + "\",\"siblings\":[{\"rfilename\":\"config.json\"},{\"rfilename\":\"model.safetensors\"}]}")
                        : new Fault.None());
        HubStore store = at(hub.endpoint(), "");

        Listing listing = store.list(Selection.ALL);

        assertThat(listing.files()).extracting(RemoteFile::sizeBytes).containsExactly(2L, (long) shard.length);
        assertThat(read(store, model(listing))).isEqualTo(shard);
    }

    @Test
    void aServerThatHasNeitherIsReported() {
        server.script(request -> request.target().contains("/tree/") || request.target().contains(ScriptedHub.COMMIT)
                ? new Fault.Status(405, List.of(), "")
                : new Fault.None());

        assertThat(catchThrowableOfType(StoreException.class, () -> at(hub.endpoint(), "").list(Selection.ALL)))
                .hasMessageContaining("neither the call for the tree")
                .hasMessageNotContaining("check its name");
    }

    /** All that people have added to a model can be megabytes; a server may not know how to leave it out. */
    @Test
    void theCommitIsLearntWithoutAllElse() throws Exception {
        String everything = "{\"sha\":\"" + ScriptedHub.COMMIT + "\",\"x\":\"" + "m".repeat(3 << 20) + "\"}";
        server.script(request -> !request.target().contains("/revision/main")
                ? new Fault.None()
                : request.target().contains("expand")
                        ? new Fault.Status(400, List.of(), "unknown parameter")
                        : new Fault.Status(200, List.of(), everything));

        assertThat(at(hub.endpoint(), "").list(Selection.ALL).revision()).isEqualTo(ScriptedHub.COMMIT);
    }

    /** An artifact manager's tags are made of what it likes; and it may refuse HEAD. */
    @Test
    void aTagThatIsNoDigestOfTheHubProvesNothing() throws Exception {
        server.script(request -> request.target().contains("/resolve/")
                ? request.method().equals("HEAD")
                        ? new Fault.Status(405, List.of(), "")
                        : new Fault.Status(302, List.of("ETag: \"" + "a".repeat(40) + "\"",
                                "Location: " + cache.address("/" + TestBytes.sha256(shard).hex() + "?sig=0")), "")
                : new Fault.None());
        cache.put("/" + TestBytes.sha256(shard).hex(), shard, "b".repeat(64));
        cache.respond(request -> Optional.empty());
        HubStore store = at(hub.endpoint(), "");
        RemoteFile file = model(store.list(Selection.ALL));

        assertThat(file.bestDigest().orElseThrow().kind()).isEqualTo(DigestKind.SHA256);
        assertThat(read(store, file)).isEqualTo(shard);
    }

    @Test
    void aCacheThatPointsOnIsFollowed() throws Exception {
        try (ScriptedStore last = new ScriptedStore()) {
            last.put("/bytes", shard, "v1");
            cache.respond(request -> Optional.of(new Fault.Status(302,
                    List.of("Location: " + last.address("/bytes")), "")));
            HubStore store = at(hub.endpoint(), "");
            RemoteFile file = model(store.list(Selection.ALL));

            try (RangeReader reader = store.openReader()) {
                StoreException first = catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10));
                assertThat(first).hasMessageContaining("it lies elsewhere");
                assertThat(first.problem().isTransient()).isTrue();
            }
            assertThat(read(store, file)).isEqualTo(shard);
        }
    }
}
