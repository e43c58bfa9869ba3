// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.folder.FolderStore;
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

/** Models that are replaced in their store while they are fetched. What is published is one listing. */
@Timeout(60)
class OneListingTest {

    private static final int FILES = 4;

    @TempDir
    Path root;
    @TempDir
    Path weights;

    private Fixture fixture;

    @BeforeEach
    void open() {
        fixture = new Fixture(root);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private static byte[] bytes(int file, int version) {
        return TestBytes.random(6 * PART, 100 * version + file);
    }

    private void putAll(int version) {
        for (int i = 0; i < FILES; i++) {
            fixture.server.put("/m/f" + i, bytes(i, version), "v" + version);
        }
    }

    private Warmup web(WarmupRequest request) {
        return fixture.warmup(fixture.store("m", "f0", "f1", "f2", "f3"), request);
    }

    private void assertVersion(int version) {
        for (int i = 0; i < FILES; i++) {
            assertThat(root.resolve("llama/f" + i)).hasBinaryContent(bytes(i, version));
        }
    }

    /** Once some files are whole. */
    private void whenFetched(long bytes, Runnable change) {
        AtomicInteger changes = new AtomicInteger();
        fixture.server.script(request -> {
            if (!request.isProbe() && fixture.server.bytesServed() > bytes && changes.getAndIncrement() == 0) {
                change.run();
            }
            return new Fault.None();
        });
    }

    @Test
    void shardsThatAreReplacedWhileOthersAreDoneAreAllOfTheNewVersion() throws Exception {
        putAll(1);
        whenFetched(14L * PART, () -> putAll(2));

        WarmupReport report = web(request("llama")).run();

        assertVersion(2);
        assertThat(report.files()).isEqualTo(FILES);
        assertThat(root.resolve(".lastcall/trees").toFile().list()).as("the version that ended is forgotten")
                .hasSize(1);
    }

    @Test
    void aSecondChangeIsFollowedTooAndUnchangedFilesAreNotFetchedAgain() throws Exception {
        putAll(1);
        AtomicInteger turn = new AtomicInteger();
        fixture.server.script(request -> {
            int now = request.isProbe() ? 0 : turn.incrementAndGet();
            if (now == 2 || now == 5) {
                fixture.server.put("/m/f3", bytes(3, now), "v" + now);
            }
            return new Fault.None();
        });

        WarmupReport report = web(request("llama").withSettings(Fixture.SETTINGS.withMaxConnections(1))).run();

        assertThat(root.resolve("llama/f0")).hasBinaryContent(bytes(0, 1));
        assertThat(root.resolve("llama/f3")).hasBinaryContent(bytes(3, 5));
        assertThat(report.bytesReceived()).isLessThan((FILES + 1) * 6L * PART);
    }

    @Test
    void theStrictPolicyFails() {
        putAll(1);
        whenFetched(PART, () -> putAll(2));

        WarmupException failure = catchThrowableOfType(WarmupException.class,
                () -> web(request("llama").withSettings(
                        Fixture.SETTINGS.withChangePolicy(FetchSettings.ChangePolicy.STRICT))).run());

        assertThat(failure).hasMessageContaining("changed");
        assertThat(root.resolve("llama")).doesNotExist();
    }

    @Test
    void aModelThatNeverComesToRestFailsInBoundedTimeAndMayBeTriedAgain() {
        putAll(1);
        AtomicInteger version = new AtomicInteger(1);
        fixture.server.script(request -> {
            if (!request.isProbe()) {
                putAll(version.incrementAndGet());
            }
            return new Fault.None();
        });

        WarmupException failure = catchThrowableOfType(WarmupException.class, () -> web(request("llama")).run());

        assertThat(failure).hasMessageContaining("did not come to rest");
        assertThat(failure.isRetryable()).isTrue();
        assertThat(root.resolve("llama")).doesNotExist();
    }

    @Test
    void aVersionWithoutDigestIsRefusedAlsoWhereItCameInTheMiddle() {
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = bytes(i, 1);
            fixture.server.put("/m/f" + i, new ScriptedStore.Content(ScriptedStore.of(bytes), "\"v1\"",
                    List.of("Repr-Digest: sha-256=:" + base64(bytes) + ":"), true));
        }
        whenFetched(14L * PART, () -> fixture.server.put("/m/f3", bytes(3, 2), "v2"));

        WarmupException failure = catchThrowableOfType(WarmupException.class,
                () -> web(request("llama").withDigestsRequired()).run());

        assertThat(failure).isInstanceOf(WarmupException.NotVerified.class).hasMessageContaining("f3");
        assertThat(root.resolve("llama")).doesNotExist();
    }

    private static String base64(byte[] bytes) {
        return java.util.Base64.getEncoder()
                .encodeToString(java.util.HexFormat.of().parseHex(TestBytes.sha256(bytes).hex()));
    }

    @Test
    void whatIsListedAndNeverToBeHadFailsSoon() {
        putAll(1);
        fixture.server.script(request -> !request.isProbe() && request.target().endsWith("f2")
                ? new Fault.Status(404, List.of(), "no such object")
                : new Fault.None());

        WarmupException failure = catchThrowableOfType(WarmupException.class, () -> web(request("llama")).run());

        assertThat(failure).isInstanceOf(WarmupException.StoreRefused.class).hasMessageContaining("f2");
    }

    private void writeAll(int version) throws IOException {
        for (int i = 0; i < FILES; i++) {
            Path temporary = Files.write(weights.resolve(".f" + i), bytes(i, version));
            Files.setLastModifiedTime(temporary, FileTime.fromMillis(1_600_000_000_000L + version * 1000L));
            Files.move(temporary, weights.resolve("f" + i), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Warmup folder() {
        return new Warmup(new FolderStore(weights), new Destination.Cache(fixture.cache()),
                request("llama").withSettings(Fixture.SETTINGS.withMaxConnections(1)),
                new Bandwidth(8L * PART));
    }

    /** Replaced when the first file is whole: by files with a later time, an older one, and the same. */
    @ParameterizedTest
    @ValueSource(ints = {2, 0, 1})
    void aFolderThatIsReplacedIsOneVersionWhateverItsTimesSay(int time) throws Exception {
        writeAll(1);
        Warmup warmup = folder();
        Thread writer = Thread.ofVirtual().start(() -> {
            org.awaitility.Awaitility.await().until(() -> warmup.progress().filesDone() > 0);
            try {
                writeAll(2);
                for (int i = 0; i < FILES; i++) {
                    Files.setLastModifiedTime(weights.resolve("f" + i),
                            FileTime.fromMillis(1_600_000_000_000L + time * 1000L));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });

        warmup.run();
        writer.join();

        assertVersion(2);
    }

    @Test
    void aFolderWhoseFirstFilesAreReplacedAfterTheyWereReadIsNotTakenForWhatWasListed() throws Exception {
        writeAll(1);
        Files.writeString(weights.resolve("SHA256SUMS"), "# none\n", StandardCharsets.UTF_8);
        Warmup warmup = folder();
        Thread writer = Thread.ofVirtual().start(() -> {
            org.awaitility.Awaitility.await().until(() -> warmup.progress().filesDone() >= FILES - 1);
            try {
                Files.write(weights.resolve("f0"), bytes(0, 2));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });

        warmup.run();
        writer.join();

        assertThat(root.resolve("llama/f0")).hasBinaryContent(bytes(0, 2));
    }
}
