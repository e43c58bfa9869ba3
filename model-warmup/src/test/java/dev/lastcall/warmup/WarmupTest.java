// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.cache.Evictions;
import dev.lastcall.warmup.cache.ModelCache;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.store.Selection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.lastcall.warmup.Fixture.PART;
import static dev.lastcall.warmup.Fixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(60)
class WarmupTest {

    @TempDir
    Path root;

    private Fixture fixture;

    @BeforeEach
    void open() {
        fixture = new Fixture(root);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private WarmupReport warm(String folder, WarmupRequest request) throws Exception {
        return fixture.warmup(fixture.store(folder), request).run();
    }

    @Test
    void aModelBecomesWarmWholeAndReadOnly() throws Exception {
        fixture.put("m", "config.json", 100, "v1");
        fixture.put("m", "sub/weights.bin", 5 * PART + 3, "v1");
        fixture.sums("m");

        WarmupReport report = warm("m", request("llama"));

        assertThat(root.resolve("llama/config.json")).hasBinaryContent(fixture.files.get("config.json"));
        assertThat(root.resolve("llama/sub/weights.bin")).hasBinaryContent(fixture.files.get("sub/weights.bin"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("llama/config.json"))))
                .isEqualTo("r--r--r--");
        assertThat(report.filesWithoutDigest()).isZero();
        assertThat(report.bytesReceived()).isEqualTo(report.bytes());
    }

    @Test
    void aWarmModelIsNotFetchedAgain() throws Exception {
        fixture.put("m", "a.bin", 3 * PART, "v1");
        fixture.sums("m");
        warm("m", request("llama"));

        WarmupReport again = warm("m", request("llama"));

        assertThat(again.bytesReceived()).isZero();
        assertThat(again.limit()).isEqualTo(WarmupReport.Limit.NOTHING);
        assertThat(again.bytesReused()).isEqualTo(again.bytes());
    }

    @Test
    void anotherVersionTakesOverTheFilesThatAreTheSame() throws Exception {
        fixture.put("m", "a.bin", 9 * PART, "v1");
        fixture.put("m", "b.bin", 4 * PART, "v1");
        fixture.sums("m");
        warm("m", request("llama"));
        byte[] later = fixture.put("m", "b.bin", 4 * PART, "v2");
        fixture.sums("m");

        WarmupReport second = warm("m", request("llama"));

        assertThat(second.bytesReceived()).isEqualTo(4L * PART);
        assertThat(root.resolve("llama/b.bin")).hasBinaryContent(later);
        assertThat(root.resolve("llama/a.bin")).hasBinaryContent(fixture.files.get("a.bin"));
        assertThat(root.resolve(".lastcall/trees").toFile().list()).as("the old version is forgotten").hasSize(1);
    }

    @Test
    void aDamagedFileIsFoundPutAsideAndFetchedAlone() throws Exception {
        fixture.put("m", "a.bin", 3 * PART, "v1");
        fixture.put("m", "b.bin", 3 * PART, "v1");
        fixture.sums("m");
        warm("m", request("llama"));
        Path damaged = root.resolve("llama/b.bin").toRealPath();
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[PART] ^= 1;
        Files.setPosixFilePermissions(damaged, PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(damaged, bytes);

        WarmupReport bySize = warm("m", request("llama"));
        WarmupReport byDigest = warm("m", request("llama").withVerify(WarmupRequest.Verify.ON_START));

        assertThat(bySize.bytesReceived()).as("sizes miss it, as documented").isZero();
        assertThat(byDigest.bytesReceived()).isEqualTo(3L * PART);
        assertThat(root.resolve("llama/b.bin")).hasBinaryContent(fixture.files.get("b.bin"));
        assertThat(root.resolve(".lastcall/quarantine").toFile().list()).hasSize(1);
    }

    @Test
    void aNameThatClimbsIsLeftOutAndCostsTheOthersNothing() throws Exception {
        fixture.put("m", "a.bin", 10, "v1");
        fixture.put("m", "x/../../../escaped", 10, "v1");
        fixture.sums("m");

        WarmupReport report = warm("m", request("llama"));

        assertThat(report.files()).isEqualTo(1);
        assertThat(report.notes()).singleElement().asString().contains("climbs");
        assertThat(root.resolve("llama/a.bin")).hasBinaryContent(fixture.files.get("a.bin"));
        assertThat(root.resolve("../escaped")).doesNotExist();
    }

    @Test
    void aLinkPlantedInTheCacheIsNotFollowed(@TempDir Path elsewhere) throws Exception {
        fixture.put("m", "sub/a.bin", 10, "v1");
        fixture.sums("m");
        warm("m", request("llama"));
        Path tree = root.resolve("llama").toRealPath();
        Files.delete(tree.resolve("sub/a.bin"));
        Files.delete(tree.resolve("sub"));
        Files.createSymbolicLink(tree.resolve("sub"), elsewhere);

        WarmupException failure = catchThrowableOfType(WarmupException.class, () -> warm("m", request("llama")));

        assertThat(failure).hasMessageContaining("sub").hasMessageContaining("not a folder");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void filesWithoutDigestAreRefusedWhereOneIsRequired() throws Exception {
        fixture.put("m", "a.bin", 10, "v1");

        WarmupException failure = catchThrowableOfType(WarmupException.class,
                () -> fixture.warmup(fixture.store("m", "a.bin"), request("llama").withDigestsRequired()).run());

        assertThat(failure).isInstanceOf(WarmupException.NotVerified.class)
                .hasMessageContaining("a.bin")
                .hasMessageContaining("SHA256SUMS");
    }

    @Test
    void aWiderSelectionFetchesOnlyTheRest() throws Exception {
        fixture.put("m", "a.json", 100, "v1");
        fixture.put("m", "b.bin", PART, "v1");
        warmWith(new Selection(List.of("*.json"), List.of()));

        WarmupReport wider = warmWith(Selection.ALL);

        assertThat(wider.bytesReceived()).isEqualTo(PART);
    }

    private WarmupReport warmWith(Selection selection) throws Exception {
        return fixture.warmup(fixture.store("m", "a.json", "b.bin"), request("llama").withSelection(selection)).run();
    }

    @Test
    void aModelThatCannotBeLoadedIsNeverWarm() throws Exception {
        String index = "{\"weight_map\": {\"w\": \"model-00002-of-00002.safetensors\"}}";
        fixture.server.put("/m/model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8), "v1");

        WarmupException failure = catchThrowableOfType(WarmupException.class,
                () -> fixture.warmup(fixture.store("m", "model.safetensors.index.json"), request("llama")).run());

        assertThat(failure).isInstanceOf(WarmupException.NotVerified.class)
                .hasMessageContaining("model-00002-of-00002.safetensors");
        assertThat(root.resolve("llama")).doesNotExist();
    }

    @Test
    void theHubLayoutServesTheSameBytesWithoutACopy() throws Exception {
        fixture.put("m", "config.json", 100, "v1");
        fixture.put("m", "sub/a.bin", 2 * PART, "v1");
        fixture.sums("m");

        warm("m", request("llama").withHub("meta/llama", "main"));

        Path hub = root.resolve("models--meta--llama");
        String commit = Files.readString(hub.resolve("refs/main"));
        Path file = hub.resolve("snapshots").resolve(commit).resolve("sub/a.bin");
        assertThat(Files.readSymbolicLink(file)).isRelative()
                .hasToString("../../../blobs/"
                        + file.toRealPath().getFileName());
        assertThat(file).hasBinaryContent(fixture.files.get("sub/a.bin"));
        assertThat(Files.getAttribute(file.toRealPath(), "unix:ino"))
                .isEqualTo(Files.getAttribute(root.resolve("llama/sub/a.bin").toRealPath(), "unix:ino"));
    }

    @Test
    void theModelUsedLongestAgoMakesRoomAndNoneThatIsHeld() throws Exception {
        CacheLimits limits = new CacheLimits(10L * PART, 0);
        for (String model : List.of("held", "old", "pinned", "young")) {
            fixture.put(model, model + ".bin", 2 * PART, "v1");
            fixture.warmup(fixture.store(model, model + ".bin"), request(model)).run();
        }
        fixture.cache().hold("held", "vllm");
        for (String model : List.of("held", "pinned", "old", "young")) {
            fixture.cache().used(model);
        }
        fixture.put("next", "n.bin", 4 * PART, "v1");

        ModelCache cache = fixture.cache(limits);

        new Warmup(fixture.store("next", "n.bin"), new Destination.Cache(cache), request("next"), new Bandwidth(0))
                .run();

        assertThat(cache.evictions()).isEqualTo(new Evictions(1, 2L * PART));
        assertThat(root.resolve("old")).doesNotExist();
        assertThat(root.resolve("held/held.bin")).exists();
        assertThat(root.resolve("pinned/pinned.bin")).exists();
        assertThat(root.resolve("young/young.bin")).exists();
        assertThat(root.resolve("next/n.bin")).exists();
    }

    @Test
    void aModelThatDoesNotFitIsRefusedBeforeItsFirstByteAndNothingIsForgotten() throws Exception {
        fixture.put("a", "a.bin", 2 * PART, "v1");
        fixture.warmup(fixture.store("a", "a.bin"), request("a")).run();
        fixture.put("big", "b.bin", 9 * PART, "v1");
        long before = fixture.server.bytesServed();

        WarmupException failure = catchThrowableOfType(WarmupException.class,
                () -> new Warmup(fixture.store("big", "b.bin"),
                        new Destination.Cache(fixture.cache(new CacheLimits(8L * PART, 0))), request("big"),
                        new Bandwidth(0)).run());

        assertThat(failure).isInstanceOf(WarmupException.DiskFull.class).hasMessageContaining("quota");
        assertThat(fixture.server.bytesServed() - before).as("the probe's byte alone").isLessThanOrEqualTo(1);
        assertThat(root.resolve("a/a.bin")).exists();
    }

    @Test
    void aFileThatAProcessHasOpenKeepsItsModel() throws Exception {
        fixture.put("a", "a.bin", 2 * PART, "v1");
        fixture.warmup(fixture.store("a", "a.bin"), request("a")).run();
        fixture.put("b", "b.bin", 2 * PART, "v1");
        try (var open = Files.newInputStream(root.resolve("a/a.bin"))) {
            assertThat(open.read()).isNotNegative();

            WarmupException failure = catchThrowableOfType(WarmupException.class,
                    () -> new Warmup(fixture.store("b", "b.bin"),
                            new Destination.Cache(fixture.cache(new CacheLimits(3L * PART, 0))), request("b"),
                            new Bandwidth(0)).run());

            assertThat(failure).isInstanceOf(WarmupException.DiskFull.class);
        }
        assertThat(root.resolve("a/a.bin")).exists();
    }

    @Test
    void twoAtOnceFetchTheModelOnce() throws Exception {
        fixture.put("m", "a.bin", 20 * PART, "v1");
        fixture.sums("m");
        fixture.server.script(request -> new Fault.Slow(20L * PART));
        List<Warmup> both = List.of(fixture.warmup(fixture.store("m"), request("llama")),
                fixture.warmup(fixture.store("m"), request("llama")));

        List<Thread> threads = both.stream().map(warmup -> Thread.ofVirtual().start(() -> {
            try {
                warmup.run();
            } catch (WarmupException | InterruptedException e) {
                throw new AssertionError(e);
            }
        })).toList();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(both).allMatch(warmup -> warmup.progress().phase() == WarmupProgress.Phase.WARM);
        assertThat(fixture.server.bytesServed()).as("once, and not twice").isLessThan(24L * PART);
    }

    @Test
    void cancellingEndsWithinASecondAndTheNextAttemptGoesOn() throws Exception {
        fixture.put("m", "a.bin", 60 * PART, "v1");
        fixture.sums("m");
        fixture.server.script(request -> new Fault.Slow(4L * PART));
        Warmup warmup = fixture.warmup(fixture.store("m"), request("llama"));
        long[] cancelledAt = new long[1];
        Thread canceller = Thread.ofVirtual().start(() -> {
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> warmup.progress().bytesDone() > 12L * PART);
            cancelledAt[0] = System.nanoTime();
            warmup.cancel();
        });

        WarmupException failure = catchThrowableOfType(WarmupException.class, warmup::run);
        long ended = System.nanoTime();
        canceller.join();

        assertThat(failure).isInstanceOf(WarmupException.Cancelled.class);
        assertThat(ended - cancelledAt[0]).isLessThan(TimeUnit.SECONDS.toNanos(1));
        fixture.server.script(request -> new Fault.None());
        assertThat(warm("m", request("llama")).bytesReused()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/b", "", ".lastcall", "x y"})
    void aModelsNameIsCheckedToo(String name) {
        fixture.put("m", "a.bin", 10, "v1");

        WarmupException failure = catchThrowableOfType(WarmupException.class,
                () -> fixture.warmup(fixture.store("m", "a.bin"), request(name)).run());

        assertThat(failure).hasMessageContaining("cannot be the name");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void aPlainFolderIsFilledAndBroughtUpToDate() throws Exception {
        fixture.put("m", "a.bin", PART, "v1");
        fixture.put("m", "b.bin", PART, "v1");
        fixture.sums("m");
        Files.write(root.resolve("a.bin"), fixture.files.get("a.bin"));
        WarmupReport first = intoFolder();
        fixture.put("m", "b.bin", PART, "v2");
        fixture.sums("m");

        WarmupReport second = intoFolder();

        assertThat(first.bytesReceived()).as("what lies there and is right is taken").isEqualTo(PART);
        assertThat(second.bytesReceived()).isEqualTo(PART);
        assertThat(root.resolve("b.bin")).hasBinaryContent(fixture.files.get("b.bin"));
        try (Stream<Path> partials = Files.list(root.resolve(".lastcall/partial"))) {
            assertThat(partials).isEmpty();
        }
    }

    private WarmupReport intoFolder() throws Exception {
        return new Warmup(fixture.store("m"), new Destination.Folder(root), request("m"), new Bandwidth(0)).run();
    }

    @Test
    void aStoreWithoutListingOrNamesSaysWhatToDo() {
        fixture.server.respond(request -> java.util.Optional.of(new Fault.Status(404, List.of(), "")));

        WarmupException failure = catchThrowableOfType(WarmupException.class, () -> warm("m", request("llama")));

        assertThat(failure).hasMessageContaining("SHA256SUMS").hasMessageContaining("name the files");
        assertThat(fixture.server.requests()).extracting(ScriptedStore.Request::target).containsOnly("/m/SHA256SUMS");
    }
}
