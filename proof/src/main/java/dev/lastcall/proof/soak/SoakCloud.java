// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.script.Timeline;

/** A simulated AWS whose timeline begins on request, and then runs in real time. Thread-safe. */
final class SoakCloud implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(10);
    private static final NodeClock CLOCK = NodeClock.system();

    private final PrintWriter log;
    private final Simulator simulator;
    private final Thread ticker;
    private volatile long startNanos;
    private volatile boolean begun;

    /** One whose requests are written to a log, so that a reader can see afterwards what the agent was answered. */
    SoakCloud(Timeline timeline, Path folder) throws IOException {
        log = new PrintWriter(Files.newBufferedWriter(folder.resolve("metadata.log")), true);
        simulator = Simulator.aws(timeline).manual().onRequest(log::println).start();
        ticker = Thread.ofVirtual().name("cloud-time").start(this::tick);
    }

    URI endpoint() {
        return simulator.endpoint();
    }

    void begin() {
        startNanos = CLOCK.nanoTime();
        begun = true;
    }

    /** How far the timeline has come. */
    Duration position() {
        return begun ? Duration.ofNanos(CLOCK.nanoTime() - startNanos) : Duration.ZERO;
    }

    void awaitPosition(Duration position) throws InterruptedException {
        for (Duration left = position.minus(position()); left.isPositive(); left = position.minus(position())) {
            CLOCK.sleep(left);
        }
    }

    private void tick() {
        try {
            while (true) {
                CLOCK.sleep(TICK);
                simulator.at(position());
            }
        } catch (InterruptedException closed) {
            // The one way to end: close() interrupts.
        }
    }

    @Override
    public void close() {
        ticker.interrupt();
        simulator.close();
        log.close();
    }
}
