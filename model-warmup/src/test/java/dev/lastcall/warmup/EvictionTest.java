// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.fetch.Bandwidth;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.lastcall.warmup.Fixture.PART;
import static dev.lastcall.warmup.Fixture.request;
import static org.assertj.core.api.Assertions.assertThat;

/** A quota of two models: whether the third may push the first out. */
@Timeout(60)
class EvictionTest {

    private static final CacheLimits TWO = new CacheLimits(2L * PART, 0);

    @TempDir
    Path root;

    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new Fixture(root);
        for (String model : new String[]{"first", "second", "third"}) {
            fixture.put(model, model + ".bin", PART, "v1");
        }
        warm("first");
        warm("second");
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Warmup of(String model, WarmupRequest request) {
        return new Warmup(fixture.store(model, model + ".bin"), new Destination.Cache(fixture.cache(TWO)), request,
                new Bandwidth(Bandwidth.UNLIMITED));
    }

    private void warm(String model) throws Exception {
        of(model, request(model)).run();
    }

    private boolean isThere(String model) {
        return Files.exists(root.resolve(model).resolve(model + ".bin"));
    }

    @Test
    void theModelUsedLongestAgoGoes() throws Exception {
        warm("third");

        assertThat(isThere("first")).isFalse();
        assertThat(isThere("second")).isTrue();
        assertThat(isThere("third")).isTrue();
    }

    @Test
    void theLeaseOfADeadProcessHoldsNothing() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        assertThat(gone.waitFor()).isZero();
        Path leases = Files.createDirectories(root.resolve(".lastcall/leases"));
        Files.writeString(leases.resolve("first"), String.join("\n", "nonce", Long.toString(gone.pid()), "1",
                Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString(),
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(), "0", "0", ""));

        warm("third");

        assertThat(isThere("first")).isFalse();
    }

    @Test
    void aServerThatIsToServeItKeepsAModelThatItHasNotOpenedYet() throws Exception {
        ProcessBuilder server = new ProcessBuilder("sleep", "60");
        server.environment().put("SERVED_MODEL", root.resolve("first").toString());
        Process running = server.start();
        try {
            warm("third");
        } finally {
            running.destroyForcibly();
        }

        assertThat(isThere("first")).isTrue();
        assertThat(isThere("second")).as("so the next one went").isFalse();
    }

    @Test
    void aFileOpenByTheHubsNameKeepsItsModel() throws Exception {
        of("first", request("first").withHub("meta/first", "main")).run();
        of("second", request("second")).run();
        Path hub = root.resolve("models--meta--first");
        Path shown = hub.resolve("snapshots").resolve(Files.readString(hub.resolve("refs/main"))).resolve("first.bin");
        Process reader = new ProcessBuilder("sh", "-c", "exec sleep 60 < " + shown.toRealPath()).start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> Files
                            .readSymbolicLink(Path.of("/proc", Long.toString(reader.pid()), "fd/0"))
                            .equals(shown.toRealPath()));
            warm("third");
        } finally {
            reader.destroyForcibly();
        }

        assertThat(shown).hasBinaryContent(fixture.files.get("first.bin"));
        assertThat(isThere("second")).isFalse();
    }

    @Test
    void aModelThatIsForgottenIsForgottenForTheHubToo() throws Exception {
        of("first", request("first").withHub("meta/first", "main")).run();
        of("second", request("second")).run();

        warm("third");

        assertThat(root.resolve("models--meta--first")).doesNotExist();
    }

    /** As another user's process does it, which this one may not look at: only the kernel knows. */
    @Test
    void aFileThatIsOnlyMappedKeepsItsModel() throws Exception {
        Process reader = new ProcessBuilder("python3", "-c", """
                import mmap, os, sys
                f = open(sys.stdin.readline().strip(), 'rb')
                m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
                f.close()
                os.chdir('/')
                print('mapped', flush=True)
                sys.stdin.read()
                """).start();
        // Not by its command line, which would keep the model by itself.
        reader.outputWriter().append(root.resolve("first/first.bin").toRealPath().toString()).append('\n').flush();
        try {
            assertThat(reader.inputReader().readLine()).isEqualTo("mapped");
            warm("third");
        } finally {
            reader.destroyForcibly();
        }

        assertThat(isThere("first")).isTrue();
        assertThat(isThere("second")).as("so the next one went").isFalse();
    }

    @Test
    void whatWasFoundDamagedCountsAndGoesBeforeAnyModel() throws Exception {
        for (int times = 0; times < 3; times++) {
            Path file = root.resolve("second/second.bin").toRealPath();
            Files.delete(file);
            Files.write(file, new byte[PART - 1]);
            warm("second");
            assertThat(bytesBelow(root)).as("bytes in the cache").isLessThanOrEqualTo(2L * PART + SMALL_FILES);
        }

        assertThat(isThere("first")).isTrue();
        assertThat(isThere("second")).isTrue();
        assertThat(root.resolve("second/second.bin")).hasBinaryContent(fixture.files.get("second.bin"));
    }

    /** Records, leases, marks. */
    private static final long SMALL_FILES = 16 << 10;

    private static long bytesBelow(Path folder) throws IOException {
        try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
            long bytes = 0;
            for (Path file : files.filter(path -> Files.isRegularFile(path, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }

    @Test
    void aVersionThatEndedInTheStoreBeforeItWasWholeMakesRoomForTheNext() throws Exception {
        fixture.put("grown", "a.bin", PART, "v1");
        fixture.put("grown", "b.bin", PART, "v1");
        CacheLimits limits = new CacheLimits(2L * PART, 0);
        Path own = root.resolve("own");
        fixture.server.script(request -> request.target().endsWith("b.bin") && !request.isProbe()
                ? new dev.lastcall.warmup.scripted.Fault.Status(403, java.util.List.of(), "no")
                : new dev.lastcall.warmup.scripted.Fault.None());
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> grown(own, limits))).isNotNull();
        fixture.server.script(request -> new dev.lastcall.warmup.scripted.Fault.None());
        fixture.put("grown", "a.bin", PART, "v2");
        fixture.put("grown", "b.bin", PART, "v2");

        grown(own, limits);

        assertThat(own.resolve("grown/a.bin")).hasBinaryContent(fixture.files.get("a.bin"));
    }

    private void grown(Path own, CacheLimits limits) throws Exception {
        new Warmup(fixture.store("grown", "a.bin", "b.bin"),
                new Destination.Cache(new dev.lastcall.warmup.cache.ModelCache(own, limits, model -> false)),
                request("grown"), Fixture.unlimited()).run();
    }

    @Test
    void linksPlantedInTheCornerOfTheCacheAreNotWrittenThrough(@TempDir Path elsewhere) throws Exception {
        for (String name : new String[]{"used", "quarantine", "scratch", "leases", "manifests", "partial"}) {
            Path planted = root.resolve(".lastcall").resolve(name);
            Path aside = root.resolve(".lastcall").resolve("aside-" + name);
            if (Files.exists(planted)) {
                Files.move(planted, aside);
            }
            Files.createSymbolicLink(planted, elsewhere);
            Path file = root.resolve("first/first.bin").toRealPath();
            Files.delete(file);

            var _ = org.assertj.core.api.Assertions.catchThrowable(() -> warm("first"));

            assertThat(elsewhere).as(name).isEmptyDirectory();
            Files.delete(planted);
            if (Files.exists(aside)) {
                Files.move(aside, planted);
            }
            warm("first");
        }
    }
}
