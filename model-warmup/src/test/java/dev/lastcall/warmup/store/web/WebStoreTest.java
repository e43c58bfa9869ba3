// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.web;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.Fetch;
import dev.lastcall.warmup.fetch.FetchException;
import dev.lastcall.warmup.fetch.FetchProgress;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.fetch.FetchTask;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Web servers as people run them: what is offered may fail alone, and what lives shortly is asked for again. */
@Timeout(60)
class WebStoreTest {

    private static final int PART = 64 << 10;
    private static final FetchSettings SETTINGS = FetchSettings.defaults()
            .withPartBytes(PART)
            .withMaxConnections(4)
            .withPatience(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(15));

    @AutoClose
    private static final Network NETWORK = Network.create();

    @TempDir
    Path folder;

    @AutoClose
    private final ScriptedStore server = new ScriptedStore();
    @AutoClose
    private final ScriptedStore cache = new ScriptedStore();
    private final byte[] bytes = TestBytes.random(20 * PART + 3, 5);

    private WebStore store(String path, String... names) {
        return new WebStore(server.address(path), List.of(names), Map.of(), NETWORK);
    }

    private static RemoteFile only(Listing listing) {
        assertThat(listing.files()).hasSize(1);
        return listing.files().getFirst();
    }

    private FetchProgress bring(Store store) throws Exception {
        List<FetchTask> tasks = new ArrayList<>();
        store.list(Selection.ALL)
                .files()
                .forEach(file -> tasks.add(new FetchTask(file, folder.resolve(file.path() + ".part"))));
        return new Fetch(store, tasks, (file, partial) -> Files.move(partial, folder.resolve(file.path()),
                StandardCopyOption.ATOMIC_MOVE), SETTINGS, new Bandwidth(Bandwidth.UNLIMITED)).run();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"200|<!doctype html><html>Not found</html>", "400|''", "403|''", "405|''",
        "500|''"})
    void whateverIsAnsweredForSumsCostsTheDigestsOnly(int status, String body) throws Exception {
        server.put("/m/a.bin", bytes, "v1");
        server.script(request -> request.target().endsWith("/SHA256SUMS")
                ? new Fault.Status(status, List.of(), body)
                : new Fault.None());

        for (Listing listing : List.of(store("/m/a.bin").list(Selection.ALL),
                store("/m/", "a.bin").list(Selection.ALL))) {
            assertThat(only(listing).digests()).isEmpty();
            assertThat(listing.notes()).singleElement().asString().contains("SHA256SUMS");
        }
    }

    @Test
    void sumsThatAreNotThereNeedNoWord() throws Exception {
        server.put("/m/a.bin", bytes, "v1");

        assertThat(store("/m/a.bin").list(Selection.ALL).notes()).isEmpty();
    }

    @Test
    void sumsThatNameThemselvesOrAreWrittenByTheBsdsAreRead() throws Exception {
        String sum = TestBytes.sha256(bytes).hex();
        server.put("/m/a.bin", bytes, "v1")
                .put("/m/SHA256SUMS", ("SHA256 (./a.bin) = " + sum + "\n" + "0".repeat(64) + "  SHA256SUMS\n")
                        .getBytes(StandardCharsets.UTF_8), "s");

        assertThat(only(store("/m/").list(Selection.ALL)).bestDigest()).contains(TestBytes.sha256(bytes));
    }

    @Test
    void theQueryOfAFolderIsKeptForEachOfItsFiles() throws Exception {
        server.put("/m/a b.bin", bytes, "v1").put("/m/a%20b.bin", bytes, "v1");
        server.script(request -> request.target().endsWith("?sig=abc%2Fd&e=1")
                ? new Fault.None()
                : new Fault.Status(403, List.of(), ""));

        bring(store("/m/?sig=abc%2Fd&e=1", "a b.bin"));

        assertThat(folder.resolve("a b.bin")).hasBinaryContent(bytes);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"attachment; filename=\"tiny.safetensors\"|tiny.safetensors",
        "attachment; filename*=UTF-8''gr%C3%BC%C3%9Fe.bin; filename=\"x\"|grüße.bin",
        "attachment; filename=plain.gguf|plain.gguf", "attachment; filename=\"../../etc/passwd\"|passwd",
        "attachment; filename=\"..\"|4711", "attachment; filename=\".hidden\"|4711", "inline|4711"})
    void aDownloadIsCalledAsTheServerSays(String disposition, String name) throws Exception {
        server.put("/api/models/4711", new ScriptedStore.Content(ScriptedStore.of(bytes), "\"v1\"",
                List.of("Content-Disposition: " + toBytesOfLatin1(disposition)), true));

        assertThat(only(store("/api/models/4711?token=t").list(Selection.ALL)).path()).isEqualTo(name);
    }

    private static String toBytesOfLatin1(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Every fifth request ends the signature of the address that the first one points to. */
    @Test
    void anAddressThatEndsIsAskedForAgainAtItsOriginAndTheFetchGoesOnAtTheSameByte() throws Exception {
        cache.put("/blob", bytes, "v1");
        AtomicInteger signature = new AtomicInteger();
        Map<String, AtomicInteger> uses = new ConcurrentHashMap<>();
        server.respond(request -> Optional.of(new Fault.Status(302,
                List.of("Location: " + cache.address("/blob?sig=" + signature.incrementAndGet())), "")));
        cache.script(request -> uses.computeIfAbsent(request.target(), key -> new AtomicInteger()).incrementAndGet() > 4
                ? new Fault.Status(403, List.of(), "<Error><Code>AccessDenied</Code></Error>")
                : new Fault.None());

        FetchProgress end = bring(store("/m/model.bin"));

        assertThat(folder.resolve("model.bin")).hasBinaryContent(bytes);
        assertThat(signature.get()).isGreaterThan(2);
        assertThat(end.receivedBytes()).as("each byte once").isEqualTo(bytes.length);
    }

    @Test
    void anAddressThatStaysRefusedIsNotBlamedOnTheCredentials() throws Exception {
        server.put("/m/a.bin", bytes, "v1");
        Store store = store("/m/a.bin");
        AtomicInteger ranges = new AtomicInteger();
        server.script(request -> (!request.isProbe() && ranges.incrementAndGet() > 2) || ranges.get() > 2
                ? new Fault.Status(403, List.of(), "")
                : new Fault.None());

        FetchException failure = catchThrowableOfType(FetchException.class, () -> bring(store));

        assertThat(failure).hasMessageContaining("403")
                .hasMessageContaining("a signed address has ended")
                .hasMessageNotContaining("check the credentials");
        assertThat(folder.resolve("a.bin")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://elsewhere.test/a", "http://elsewhere.test:99999/a", "http://", "::"})
    void aRedirectThatLeadsNowhereIsReportedInWords(String location) {
        server.respond(request -> Optional.of(new Fault.Status(302, List.of("Location: " + location), "")));

        StoreException failure = catchThrowableOfType(StoreException.class,
                () -> store("/m/a.bin").list(Selection.ALL));

        assertThat(failure).hasMessageContaining("/m/a.bin").hasMessageContaining("redirect");
        assertThat(failure.getMessage()).doesNotContainPattern("[A-Z]\\w+Exception");
    }

    @Test
    void aTagThatNoRequestCanHoldIsAFailureOfItsFileAlone() {
        RemoteFile file = new RemoteFile("a.bin", 3, new Validator.Tag("\"\u00e9\""), List.of(), true,
                server.address("/m/a.bin").toString());

        StoreException failure;
        try (RangeReader reader = store("/m/a.bin").openReader()) {
            failure = catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 3));
        }

        assertThat(failure).hasMessageContaining("a.bin").hasMessageContaining("no request can have");
        assertThat(failure.failure().isOfOneFile()).isTrue();
    }

    /** Some servers close the connection at HEAD: what it would have said is counted. */
    @Test
    void aHeadThatIsNotAnsweredCostsOnlyTheLengthThatItWouldHaveSaid() throws Exception {
        server.put("/m/a.bin", new ScriptedStore.Content(ScriptedStore.of(bytes), "\"v1\"", List.of(), false));
        server.script(request -> request.method().equals("HEAD")
                ? new Fault.Garbage("SSH-2.0\r\n\r\n")
                : new Fault.Unframed(true, 0));

        bring(store("/m/", "a.bin"));

        assertThat(folder.resolve("a.bin")).hasBinaryContent(bytes);
    }

    /** Neither the body nor HEAD has a length: the mark of the end shows it. */
    @Test
    void aSizeThatNoHeaderHasIsCounted() throws Exception {
        server.put("/m/a.bin", new ScriptedStore.Content(ScriptedStore.of(bytes), "\"v1\"", List.of(), false));
        server.script(request -> new Fault.Unframed(true, 0));

        bring(store("/m/", "a.bin"));

        assertThat(folder.resolve("a.bin")).hasBinaryContent(bytes);
    }

    @Test
    void aBodyWhoseEndNothingMarksCanNotBeProvedWhole() {
        server.put("/m/a.bin", new ScriptedStore.Content(ScriptedStore.of(bytes), "\"v1\"", List.of(), false));
        server.script(request -> new Fault.Unframed(false, 0));

        assertThat(catchThrowableOfType(StoreException.class, () -> store("/m/", "a.bin").list(Selection.ALL)))
                .hasMessageContaining("cannot be proved whole");
    }

    @Test
    void hostsOfContainerNetworksMayHaveUnderscores() {
        assertThat(new WebStore(URI.create("http://model_store:9000/m/"), List.of("a"), Map.of(), NETWORK).source())
                .isEqualTo("http://model_store:9000/m/");
    }
}
