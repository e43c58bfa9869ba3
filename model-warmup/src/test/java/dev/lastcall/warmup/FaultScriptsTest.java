// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.network.Network;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hundreds of random stores, each with its own mixture of faults, objects that are replaced one by one or all at once and
 * named in one of many forms, credentials that run out and cancellations; many of them first with a process that is killed
 * by SIGKILL in the middle, some into a plain folder. Every attempt ends in bounded time with the exact bytes or with an
 * error that names its object; what is shown is always the model as its store had it at one moment.
 */
class FaultScriptsTest {

    /** A few minutes; ten thousand by {@code -Dlastcall.scripts=10000}. */
    private static final int SCRIPTS = Integer.getInteger("lastcall.scripts", 600);

    /** The first of them: other ones by {@code -Dlastcall.firstScript}. */
    private static final int FIRST = Integer.getInteger("lastcall.firstScript", 0);

    private static final int AT_ONCE = 32;

    /** Every script but those whose number this divides is played by a process that is killed, as far as it is one of the web. */
    private static final int KILLED_EVERY = 3;

    /** Scripts of one process: a kill costs the start of a JVM. */
    private static final int OF_ONE_PROCESS = 32;

    private static final Duration BOUND = Duration.ofMinutes(3);

    private final AtomicInteger whole = new AtomicInteger();
    private final AtomicInteger expiries = new AtomicInteger();
    private final AtomicInteger changes = new AtomicInteger();
    private int killed;

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void everyRunEndsInTheExactBytesOrAClearError(@TempDir Path root) throws Exception {
        List<Future<?>> plays = new ArrayList<>();
        try (Network network = Network.create(); ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            List<FaultScript> toKill = new ArrayList<>();
            for (int seed = FIRST; seed < FIRST + SCRIPTS; seed++) {
                FaultScript script = new FaultScript(seed, root.resolve("s" + seed), network);
                if (seed % KILLED_EVERY != 0 && script.site() instanceof ScriptSite.Web && !script.isPlain()) {
                    toKill.add(script);
                } else {
                    plays.add(pool.submit(() -> play(script)));
                }
                if (toKill.size() == OF_ONE_PROCESS) {
                    kill(toKill, seed);
                    toKill.forEach(one -> plays.add(pool.submit(() -> play(one))));
                    toKill.clear();
                }
            }
            toKill.forEach(one -> plays.add(pool.submit(() -> play(one))));
            for (Future<?> play : plays) {
                play.get(BOUND.multipliedBy(20).toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        assertThat(whole.get()).as("most faults are survived").isGreaterThan(SCRIPTS / 2);
        assertThat(changes.get()).as("models were replaced in the middle").isGreaterThan(SCRIPTS / 10);
        assertThat(expiries.get()).as("credentials ran out").isGreaterThan(SCRIPTS / 10);
        assertThat(killed).as("processes were killed in the middle of scripts").isGreaterThanOrEqualTo(SCRIPTS / 5);
    }

    private boolean play(FaultScript script) {
        try (script) {
            boolean isWhole = script.play();
            whole.addAndGet(isWhole ? 1 : 0);
            expiries.addAndGet(script.expiries());
            changes.addAndGet(script.changes());
            return isWhole;
        } catch (Exception e) {
            throw new AssertionError("a script could not be played", e);
        }
    }

    /** Lets a process of its own play them all at once, and kills it when a random share of their bytes was sent. */
    private void kill(List<FaultScript> scripts, int seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        long killAt = random.nextLong(4L * FaultScript.PART * scripts.size());
        Process process = ScriptsChild.start(scripts);
        try {
            Awaitility.await()
                    .atMost(BOUND)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> served(scripts) >= killAt || !process.isAlive());
            killed += process.isAlive() ? scripts.size() : 0;
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        for (FaultScript script : scripts) {
            script.checkPublished();
        }
    }

    private static long served(List<FaultScript> scripts) {
        return scripts.stream().mapToLong(script -> script.site().server().bytesServed()).sum();
    }
}
