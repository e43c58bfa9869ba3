// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.lastcall.warmup.scripted.Fault;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Several processes on one cache, judged by the bytes that the server counted. */
@Timeout(120)
class ProcessesTest {

    private static final int SIZE = 16 << 20;
    private static final long COST = WarmupChild.CONNECTIONS * (WarmupChild.PART + (256L << 10));

    @TempDir
    Path root;

    private Fixture fixture;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void open() {
        fixture = new Fixture(root);
        fixture.put("m", "config.json", 700, "v1");
        fixture.put("m", "model.bin", SIZE, "v1");
        fixture.sums("m");
        fixture.server.script(request -> request.isProbe() ? new Fault.None() : new Fault.Slow(3 << 20));
    }

    @AfterEach
    void close() throws IOException {
        processes.forEach(Process::destroyForcibly);
        fixture.close();
    }

    private Process start() throws IOException {
        Process process = WarmupChild.start(fixture.server.address("/m/"), root, "model");
        processes.add(process);
        return process;
    }

    private void until(BooleanSupplier condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(condition::getAsBoolean);
    }

    private long listings() {
        return fixture.server.requests().stream().filter(request -> request.target().endsWith("SHA256SUMS")).count();
    }

    private void assertEnds(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        fixture.files.forEach((name, bytes) -> assertThat(root.resolve("model").resolve(name)).hasBinaryContent(bytes));
    }

    @Test
    void oneOfThreeFetchesAndTheOthersWaitAndReuse() throws Exception {
        List<Process> all = List.of(start(), start(), start());

        for (Process process : all) {
            assertEnds(process);
        }

        assertThat(fixture.server.bytesServed()).isLessThan(SIZE + SIZE / 10);
        assertThat(listings()).as("all three asked").isGreaterThanOrEqualTo(3);
    }

    @Test
    void aWaitingProcessTakesOverFromTheKilledAndGoesOnWhereItWas() throws Exception {
        Process holder = start();
        until(() -> fixture.server.bytesServed() > SIZE / 4);
        Process waiter = start();
        until(() -> listings() >= 2);

        holder.destroyForcibly();

        assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertEnds(waiter);
        assertThat(fixture.server.bytesServed()).isLessThanOrEqualTo(SIZE + COST);
    }
}
