// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.lastcall.warmup.cache.Asked;
import dev.lastcall.warmup.cache.ModelFolder;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.lastcall.warmup.Fixture.PART;
import static dev.lastcall.warmup.Fixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the disk is trusted with. */
@Timeout(60)
class VerifyTest {

    @TempDir
    Path root;

    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new Fixture(root);
        fixture.put("m", "a.bin", 3 * PART, "v1");
        fixture.put("m", "b.bin", 3 * PART, "v1");
        fixture.sums("m");
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private WarmupReport warm(WarmupRequest.Verify verify) throws Exception {
        return fixture.warmup(fixture.store("m"), request("llama").withVerify(verify)).run();
    }

    private byte[] bytes(String name) {
        return Objects.requireNonNull(fixture.files.get(name), name);
    }

    private void damage(String name) throws IOException {
        Path file = root.resolve("llama").resolve(name).toRealPath();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[]{(byte) ~bytes(name)[PART]}), PART);
        }
    }

    @ParameterizedTest
    @EnumSource(value = WarmupRequest.Verify.class, names = {"ON_START", "ALWAYS"})
    void oneWrongByteIsFoundPutAsideAndOnlyThatFileFetched(WarmupRequest.Verify verify) throws Exception {
        warm(verify);
        damage("b.bin");

        WarmupReport again = warm(verify);

        assertThat(again.bytesReceived()).isEqualTo(3L * PART);
        assertThat(root.resolve("llama/b.bin")).hasBinaryContent(fixture.files.get("b.bin"));
        assertThat(root.resolve(".lastcall/quarantine").toFile().list()).hasSize(1);
    }

    @Test
    void sizesMissAWrongByteAsDocumentedAndFindAShortFile() throws Exception {
        warm(WarmupRequest.Verify.SIZE);
        damage("b.bin");
        assertThat(warm(WarmupRequest.Verify.SIZE).bytesReceived()).isZero();

        try (FileChannel channel = FileChannel.open(root.resolve("llama/b.bin").toRealPath(),
                StandardOpenOption.WRITE)) {
            channel.truncate(PART);
        }

        assertThat(warm(WarmupRequest.Verify.SIZE).bytesReceived()).isEqualTo(3L * PART);
        assertThat(root.resolve("llama/b.bin")).hasBinaryContent(fixture.files.get("b.bin"));
    }

    /** What the disk did to the bytes after they had passed is what reading back is for. */
    @Test
    void whatIsReadBackWrongNeverGetsItsName() throws Exception {
        try (var cacheFolder = new Destination.Folder(root.resolve("out")).open("m",
                fixture.store("m").list(Selection.ALL))) {
            ModelFolder folder = cacheFolder;
            folder.readBack();
            RemoteFile file = fixture.store("m").list(Selection.ALL).files().getFirst();
            folder.prepare(fixture.store("m").list(Selection.ALL), Asked.of(fixture.store("m"), Selection.ALL), false,
                    false);
            byte[] wrong = bytes(file.path()).clone();
            wrong[7] ^= 1;
            Path partial = Files.write(folder.partial(file), wrong);

            assertThatThrownBy(() -> folder.publish(file, partial)).hasMessageContaining("read back");

            assertThat(root.resolve("out").resolve(file.path())).doesNotExist();
            assertThat(partial).as("nor is it resumed from").doesNotExist();
        }
    }

    @Test
    void aDamagedFileOfAnotherVersionIsNotShared() throws Exception {
        warm(WarmupRequest.Verify.ALWAYS);
        damage("a.bin");
        byte[] later = fixture.put("m", "b.bin", 3 * PART, "v2");
        fixture.sums("m");

        WarmupReport second = warm(WarmupRequest.Verify.ALWAYS);

        assertThat(second.bytesReceived()).isEqualTo(6L * PART);
        assertThat(root.resolve("llama/a.bin")).hasBinaryContent(fixture.files.get("a.bin"));
        assertThat(root.resolve("llama/b.bin")).hasBinaryContent(later);
    }

    /** As after a power failure: the manifest was written under another boot and the end of a file never reached the disk. */
    @Test
    void afterARebootWhatWasNotSyncedIsLookedAtAgain() throws Exception {
        WarmupRequest unsynced = request("llama").withSettings(Fixture.SETTINGS.withSync(false));
        fixture.warmup(fixture.store("m"), unsynced).run();
        damage("b.bin");
        Path manifest;
        try (Stream<Path> manifests = Files.list(root.resolve(".lastcall/manifests"))) {
            manifest = manifests.findFirst().orElseThrow();
        }
        String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Files.writeString(manifest, Files.readString(manifest).replace(boot, "another-boot"));

        WarmupReport again = fixture.warmup(fixture.store("m"), unsynced).run();

        assertThat(again.bytesReceived()).isEqualTo(3L * PART);
        assertThat(root.resolve("llama/b.bin")).hasBinaryContent(fixture.files.get("b.bin"));
    }

    @Test
    void whoLooksWhileItDownloadsSeesNoFileUntilItIsWhole() throws Exception {
        AtomicBoolean isDone = new AtomicBoolean();
        AtomicBoolean isEverWrong = new AtomicBoolean();
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!isDone.get()) {
                isEverWrong.compareAndSet(false, isWrongNow());
            }
        });

        fixture.warmup(fixture.store("m"), request("llama")).run();
        Awaitility.await().until(() -> Files.exists(root.resolve("llama/b.bin")));
        isDone.set(true);
        reader.join();

        assertThat(isEverWrong).isFalse();
    }

    private boolean isWrongNow() {
        Path trees = root.resolve(".lastcall/trees");
        if (!Files.isDirectory(trees)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(trees)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                if (!java.util.Arrays.equals(Files.readAllBytes(file),
                        fixture.files.get(file.getFileName().toString()))) {
                    return true;
                }
            }
            return false;
        } catch (IOException | java.io.UncheckedIOException e) {
            return false;
        }
    }

    @Test
    void twoOwnersAtOnceOnAMountWhereLeasesAreVoidDoNoHarm() throws Exception {
        fixture.put("m", "a.bin", 40 * PART, "v1");
        fixture.sums("m");
        fixture.server.script(request -> request.isProbe()
                ? new dev.lastcall.warmup.scripted.Fault.None()
                : new dev.lastcall.warmup.scripted.Fault.Slow(10L * PART));
        Warmup first = fixture.warmup(fixture.store("m"), request("llama"));
        AtomicBoolean isFirstWarm = new AtomicBoolean();
        Thread other = Thread.ofVirtual().start(() -> {
            try {
                first.run();
                isFirstWarm.set(true);
            } catch (WarmupException | InterruptedException e) {
                isFirstWarm.set(false);
            }
        });
        Awaitility.await().until(() -> first.progress().bytesDone() > 4L * PART);
        Files.delete(root.resolve(".lastcall/leases/llama"));

        new Warmup(fixture.store("m"), new Destination.Cache(fixture.cache()), request("llama"), new Bandwidth(0))
                .run();
        other.join();

        assertThat(root.resolve("llama/a.bin")).hasBinaryContent(fixture.files.get("a.bin"));
        assertThat(root.resolve("llama/b.bin")).hasBinaryContent(fixture.files.get("b.bin"));
        assertThat(fixture.server.bytesServed()).as("at worst twice").isLessThan(2 * 44L * PART + (1 << 20));
    }
}
