// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.gcs;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.cloud.NoCredentials;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import dev.lastcall.warmup.credentials.AccessToken;
import dev.lastcall.warmup.credentials.Refreshed;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedGcs;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
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
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(60)
class GcsStoreTest {

    @AutoClose
    private static final Network NETWORK = Network.create();

    @AutoClose
    private final ScriptedStore server = new ScriptedStore();
    private final ScriptedGcs gcs = new ScriptedGcs(server);
    private final AtomicInteger fetches = new AtomicInteger();

    private GcsStore store(String prefix) {
        Refreshed<AccessToken> tokens = new Refreshed<>(
                () -> new AccessToken("t" + fetches.incrementAndGet(), Instant.now().plusSeconds(3600)),
                InstantSource.system());
        return new GcsStore("weights", prefix, new GcsSettings(gcs.endpoint(), "", false), tokens, NETWORK);
    }

    private static StoreException failure(GcsStore store) {
        return catchThrowableOfType(StoreException.class, () -> store.list(Selection.ALL));
    }

    @Test
    void everyPageIsListedWithGenerationAndChecksumAndSiblingsAreLeftOut() throws Exception {
        gcs.pageSize(2);
        List<String> names = List.of("a b", "a+b", "a%2Fb", "a..b", "é", "😀", "sub/c", "empty");
        names.forEach(name -> gcs.put("m/foo/" + name, TestBytes.random(name.equals("empty") ? 0 : 100, 1), 7));
        gcs.put("m/foobar/x", new byte[1], 1).put("m/foo/", new byte[0], 1);

        GcsStore store = store("m/foo");
        List<RemoteFile> files = store.list(Selection.ALL).files();

        assertThat(files).extracting(RemoteFile::path).containsExactlyInAnyOrderElementsOf(names);
        assertThat(files).allMatch(file -> file.digests().getFirst().kind() == DigestKind.CRC32C);
        try (RangeReader reader = store.openReader()) {
            for (RemoteFile file : files) {
                if (file.sizeBytes() > 0) {
                    assertThat(RangeBytes.read(reader, file, 10, 50))
                            .isEqualTo(Arrays.copyOfRange(TestBytes.random(100, 1), 10, 60));
                }
            }
        }
    }

    @Test
    void nothingOfAnotherGenerationIsRead() throws Exception {
        gcs.put("m/a", new byte[100], 1);
        GcsStore store = store("m");
        RemoteFile file = store.list(Selection.ALL).files().getFirst();
        gcs.put("m/a", TestBytes.random(100, 1), 2);

        try (RangeReader reader = store.openReader()) {
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10)).problem())
                    .isEqualTo(StoreProblem.CHANGED);
            assertThat(RangeBytes.read(reader, store.refresh(file), 0, 100)).isEqualTo(TestBytes.random(100, 1));
        }
    }

    @Test
    void tokenThatIsRefusedIsReplacedOnceForAll() throws Exception {
        gcs.put("m/a", new byte[100], 1).token("t1").token("t2");
        GcsStore store = store("m");
        RemoteFile file = store.list(Selection.ALL).files().getFirst();
        gcs.revoke("t1");
        try (RangeReader reader = store.openReader(); RangeReader another = store.openReader()) {
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10)).problem())
                    .isEqualTo(StoreProblem.EXPIRED);
            RangeBytes.read(reader, file, 0, 10);
            RangeBytes.read(another, file, 0, 10);
        }

        assertThat(fetches).hasValue(2);
        assertThat(server.requests()).noneMatch(request -> request.target().contains("t1"));
    }

    @Test
    void compressedObjectIsRefusedUnlessLeftOut() throws Exception {
        gcs.put("m/a.json", new byte[10], 1, "gzip").put("m/b", new byte[10], 1);

        assertThat(failure(store("m"))).hasMessageContaining("gs://weights/m/a.json")
                .hasMessageContaining("Content-Encoding");
        assertThat(store("m").list(new Selection(List.of(), List.of("*.json"))).files()).hasSize(1);
    }

    @Test
    void prefixThatNamesOneObjectIsThatObjectAndOneThatNamesNoneIsMissing() throws Exception {
        gcs.put("one/model.gguf", new byte[10], 3);

        assertThat(store("one/model.gguf").list(Selection.ALL).files()).extracting(RemoteFile::path)
                .containsExactly("model.gguf");
        assertThat(failure(store("nothing")).problem()).isEqualTo(StoreProblem.MISSING);
        assertThat(failure(store("nothing/")).problem()).isEqualTo(StoreProblem.MISSING);
    }

    @ParameterizedTest
    @CsvSource({"403,forbidden,REFUSED", "403,rateLimitExceeded,THROTTLED", "403,userRateLimitExceeded,THROTTLED",
        "404,notFound,MISSING", "412,conditionNotMet,CHANGED", "416,x,CHANGED", "429,x,THROTTLED", "503,x,THROTTLED",
        "500,x,FAULTY", "408,x,FAULTY"})
    void errorsOfARangeMeanWhatTheyMean(int status, String reason, StoreProblem problem) throws Exception {
        gcs.put("m/a", new byte[10], 1);
        GcsStore store = store("m");
        RemoteFile file = store.list(Selection.ALL).files().getFirst();
        server.script(request -> ScriptedGcs.error(status, reason, "said"));
        try (RangeReader reader = store.openReader()) {
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10)).problem())
                    .isEqualTo(problem);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"items\":[{}]}",
        "{\"items\":[{\"name\":\"a\",\"size\":\"-1\",\"generation\":\"1\"}]}",
        "{\"items\":[{\"name\":\"a\",\"size\":\"1\"}]}",
        "{\"items\":[{\"name\":\"a\",\"size\":\"999999999999999\",\"generation\":\"1\"}]}",
        "<html/>"})
    void anythingButTheDocumentedListingIsRefused(String text) {
        assertThatThrownBy(() -> GcsPage.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pagesThatRepeatAreRefused() {
        server.script(request -> new Fault.Status(200, List.of(), "{\"nextPageToken\":\"t\"}"));

        assertThat(failure(store("m"))).hasMessageContaining("repeats a page");
    }

    @Test
    void googlesOwnClientSeesTheSameStoreInTheScriptedOne() throws Exception {
        gcs.put("m/a b", TestBytes.random(1000, 1), 42);
        Storage google = StorageOptions.newBuilder()
                .setHost(gcs.endpoint().toString())
                .setProjectId("p")
                .setCredentials(NoCredentials.getInstance())
                .setTransportOptions(
                        HttpTransportOptions.newBuilder().setHttpTransportFactory(NetHttpTransport::new).build())
                .build()
                .getService();
        Blob blob = google.list("weights", Storage.BlobListOption.prefix("m/")).iterateAll().iterator().next();

        RemoteFile ours = store("m").list(Selection.ALL).files().getFirst();

        assertThat(blob.getName()).isEqualTo("m/" + ours.path());
        assertThat(blob.getSize()).isEqualTo(ours.sizeBytes());
        assertThat(blob.getCrc32cToHexString()).isEqualTo(ours.digests().getFirst().hex());
        assertThat(ours.validator().text()).isEqualTo("generation " + blob.getGeneration());
        assertThat(google.readAllBytes(blob.getBlobId())).isEqualTo(TestBytes.random(1000, 1));
        google.close();
    }
}
