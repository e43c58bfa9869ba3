// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.lastcall.warmup.scripted.Fault;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Real processes, killed by SIGKILL, judged by the bytes that the server counted. */
@Timeout(120)
class KillTest {

    private static final int SIZE = 32 << 20;

    /** What a kill may cost: a part for each connection, and what lay in the sockets. */
    private static final long COST = WarmupChild.CONNECTIONS * (WarmupChild.PART + (256L << 10));

    @TempDir
    Path root;

    private Fixture fixture;

    @BeforeEach
    void open() {
        fixture = new Fixture(root);
        fixture.put("m", "config.json", 700, "v1");
        fixture.put("m", "model-00001.bin", SIZE / 2, "v1");
        fixture.put("m", "model-00002.bin", SIZE / 2, "v1");
        fixture.sums("m");
        fixture.server.script(request -> request.isProbe() ? new Fault.None() : new Fault.Slow(6 << 20));
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Process child() throws IOException {
        return WarmupChild.start(fixture.server.address("/m/"), root, "model");
    }

    private void killAfter(long bytes) throws IOException, InterruptedException {
        Process process = child();
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> fixture.server.bytesServed() >= bytes || !process.isAlive());
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private void finish() throws IOException, InterruptedException {
        Process process = child();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        fixture.files.forEach((name, bytes) -> assertThat(root.resolve("model").resolve(name)).hasBinaryContent(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 50, 99})
    void onlyThePartsInTheAirAreFetchedAgain(int percent) throws Exception {
        killAfter(SIZE / 100L * percent);
        assertThat(root.resolve("model")).as("it is not warm").doesNotExist();

        finish();

        assertThat(fixture.server.bytesServed()).isLessThanOrEqualTo(SIZE + COST);
    }

    @Test
    void manyKillsCostNoMoreEach() throws Exception {
        List<Integer> percents = List.of(20, 40, 70);
        for (int percent : percents) {
            killAfter(SIZE / 100L * percent);
        }

        finish();

        assertThat(fixture.server.bytesServed()).isLessThanOrEqualTo(SIZE + percents.size() * COST);
    }
}
