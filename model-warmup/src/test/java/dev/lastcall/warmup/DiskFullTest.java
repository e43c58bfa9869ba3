// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.SmallDisk;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static dev.lastcall.warmup.Fixture.PART;
import static dev.lastcall.warmup.Fixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** A real file system that has no room left. */
@Timeout(90)
class DiskFullTest {

    private static final long DISK = 24L << 20;
    private static final int MODEL = 160 * PART;

    @TempDir
    Path folder;

    private SmallDisk disk;
    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        disk = SmallDisk.mount(folder.resolve("disk"), DISK);
        fixture = new Fixture(disk.path());
        fixture.put("other", "other.bin", 4 * PART, "v1");
        fixture.warmup(fixture.store("other", "other.bin"), request("other")).run();
        fixture.cache().hold("other", "test");
        fixture.put("big", "big.bin", MODEL, "v1");
        fixture.server.script(request -> request.isProbe() ? new Fault.None() : new Fault.Slow(4L * PART));
    }

    @AfterEach
    void close() throws IOException {
        if (fixture != null) {
            fixture.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    private Warmup big() {
        return fixture.warmup(fixture.store("big", "big.bin"), request("big"));
    }

    private static CompletableFuture<WarmupException> failureOf(Warmup warmup) {
        return CompletableFuture.supplyAsync(() -> catchThrowableOfType(WarmupException.class, warmup::run));
    }

    private static void until(BooleanSupplier condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(condition::getAsBoolean);
    }

    @Test
    void aDiskThatFillsUpOnTheWayEndsTheWarmUpAndTheNextGoesOn() throws Exception {
        Warmup warmup = big();
        CompletableFuture<WarmupException> ended = failureOf(warmup);
        until(() -> warmup.progress().bytesDone() > MODEL * 6L / 10);
        Path filler = disk.fillUpTo(0);

        WarmupException failure = ended.get(30, TimeUnit.SECONDS);

        assertThat(failure).isInstanceOf(WarmupException.DiskFull.class).hasMessageContaining("big");
        int requests = fixture.server.requests().size();
        assertThat(requests).as("no storm of retries").isLessThan(2 * MODEL / PART);
        assertThat(disk.path().resolve("other/other.bin")).hasBinaryContent(fixture.files.get("other.bin"));
        assertThat(disk.path().resolve("big")).doesNotExist();

        Files.delete(filler);
        WarmupReport report = big().run();

        assertThat(report.bytesReused()).as("what had come is kept").isGreaterThan(MODEL / 2);
        assertThat(disk.path().resolve("big/big.bin")).hasBinaryContent(fixture.files.get("big.bin"));
    }

    /** The one has reserved what it has not written yet; the other must not count on that room. */
    @Test
    void twoAtOnceDoNotCountOnTheSameRoom() throws Exception {
        Warmup warmup = big();
        CompletableFuture<WarmupException> ended = failureOf(warmup);
        until(() -> warmup.progress().phase() == WarmupProgress.Phase.FETCHING && warmup.progress().bytesDone() > 0);
        fixture.put("late", "late.bin", MODEL, "v1");
        long before = fixture.server.bytesServed();

        WarmupException failure = catchThrowableOfType(WarmupException.class,
                () -> new Warmup(fixture.store("late", "late.bin"),
                        new Destination.Cache(fixture.cache(new CacheLimits(0, 5L << 20))), request("late"),
                        new Bandwidth(0)).run());

        assertThat(before).isPositive();
        assertThat(failure).isInstanceOf(WarmupException.DiskFull.class).hasMessageContaining("promised");
        warmup.cancel();
        assertThat(ended.get(30, TimeUnit.SECONDS)).isInstanceOf(WarmupException.Cancelled.class);
    }

    @Test
    void aModelThatIsNotHeldMakesRoomOnAFullDisk() throws Exception {
        fixture.cache().release("other", "test");
        fixture.server.script(request -> new Fault.None());
        disk.fillUpTo(MODEL - 2L * PART);

        fixture.warmup(fixture.store("big", "big.bin"), request("big")).run();

        assertThat(disk.path().resolve("other")).doesNotExist();
        assertThat(disk.path().resolve("big/big.bin")).hasBinaryContent(fixture.files.get("big.bin"));
    }
}
